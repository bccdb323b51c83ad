using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>What the node is to be, apart from its status, and what has to be changed for that. Pure.</summary>
internal sealed class NodeDeclaration(NodeControllerOptions options)
{
    // Every kubelet has it by default.
    private static readonly Dictionary<string, string> Annotations = new() { ["volumes.kubernetes.io/controller-managed-attach-detach"] = "true" };

    /// <summary>Labels of the node.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; } = Merge(
        new()
        {
            ["beta.kubernetes.io/arch"] = options.Machine.Architecture,
            ["beta.kubernetes.io/os"] = options.Machine.OperatingSystem,
            ["kubernetes.io/arch"] = options.Machine.Architecture,
            ["kubernetes.io/hostname"] = options.Hostname,
            ["kubernetes.io/os"] = options.Machine.OperatingSystem,

            // The mark by which DaemonSets of many clusters keep off nodes without a machine.
            ["type"] = "virtual-kubelet",
        },
        options.Labels);

    /// <summary>The node to create.</summary>
    public Node Create(NodeStatus status) => new()
    {
        Metadata = new() { Name = options.NodeName, Labels = Labels, Annotations = Annotations },
        Spec = new() { ProviderID = options.ProviderId, Taints = options.Taints.Count > 0 ? options.Taints : null },
        Status = status,
    };

    /// <summary>Puts labels and annotations right that are missing or wrong; null when there are none. Those of others stay.</summary>
    public Patch? FixMetadata(Node node)
    {
        var labels = Missing(Labels, node.Metadata.Labels);
        var annotations = Missing(Annotations, node.Metadata.Annotations);
        return labels.Count + annotations.Count == 0
            ? null
            : Patch.StrategicMerge(new() { ["metadata"] = new JsonObject { ["labels"] = labels, ["annotations"] = annotations } });
    }

    /// <summary>
    /// Puts taints back that are missing or wrong; null when there are none. The list is replaced whole, so that the patch holds for one
    /// version of the node only.
    /// </summary>
    public Patch? FixTaints(Node node)
    {
        var there = node.Spec.Taints ?? [];
        if (options.Taints.All(wanted => there.Any(t => IsSame(t, wanted))))
        {
            return null;
        }

        var taints = there.Where(t => !options.Taints.Any(wanted => wanted.Key == t.Key && wanted.Effect == t.Effect)).Concat(options.Taints);
        return Patch.Merge(new()
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = node.Metadata.ResourceVersion },
            ["spec"] = new JsonObject { ["taints"] = new JsonArray([.. taints.Select(t => JsonSerializer.SerializeToNode(t, KubernetesJson.Api.Taint))]) },
        });
    }

    private static bool IsSame(Taint one, Taint other) => one.Key == other.Key && one.Effect == other.Effect && (one.Value ?? "") == (other.Value ?? "");

    private static JsonObject Missing(IReadOnlyDictionary<string, string> wanted, IReadOnlyDictionary<string, string>? there) =>
        new(wanted.Where(w => there?.GetValueOrDefault(w.Key) != w.Value).Select(w => KeyValuePair.Create(w.Key, (JsonNode?)w.Value)));

    private static Dictionary<string, string> Merge(Dictionary<string, string> usual, IReadOnlyDictionary<string, string> own)
    {
        foreach (var (name, value) in own)
        {
            usual[name] = value;
        }

        return usual;
    }
}
