using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>What has to be told so that a Node's status becomes as wanted. Resources and conditions that others added stay. Pure.</summary>
internal sealed class NodeStatusPatch
{
    private readonly JsonObject _status;

    private NodeStatusPatch(JsonObject status, string changes)
    {
        _status = status;
        Changes = changes;
    }

    /// <summary>What changes apart from the times of heartbeats, as text that can be compared; empty when nothing does.</summary>
    public string Changes { get; }

    /// <summary>The patch: all that changes, and every condition of ours with the time of this heartbeat.</summary>
    public Patch ToPatch() => Patch.StrategicMerge(new() { ["status"] = _status.DeepClone() });

    /// <summary>Compares.</summary>
    /// <param name="now">The status as it is.</param>
    /// <param name="wanted">The status as it should be.</param>
    /// <param name="removed">Resources to withdraw.</param>
    public static NodeStatusPatch Between(NodeStatus? now, NodeStatus wanted, IReadOnlySet<string> removed)
    {
        var status = new JsonObject();
        AddAmounts(status, "capacity", now?.Capacity, wanted.Capacity!, removed);
        AddAmounts(status, "allocatable", now?.Allocatable, wanted.Allocatable!, removed);
        AddAddresses(status, now?.Addresses, wanted.Addresses!);
        Add(status, "daemonEndpoints", Json(now?.DaemonEndpoints), Json(wanted.DaemonEndpoints));
        Add(status, "nodeInfo", Json(now?.NodeInfo is null ? null : now.NodeInfo with { Other = null }), Json(wanted.NodeInfo));
        Add(status, "declaredFeatures", Json(now?.DeclaredFeatures), Json(wanted.DeclaredFeatures));
        var news = new JsonArray([.. wanted.Conditions!.Where(c => !IsSame(c, now?.Conditions)).Select(c => Json(c with { LastHeartbeatTime = null, LastTransitionTime = null }))]);
        var changes = status.Count + news.Count == 0 ? "" : status.ToJsonString() + news.ToJsonString();
        AddConditions(status, now?.Conditions, wanted.Conditions!);
        return new NodeStatusPatch(status, changes);
    }

    private static void AddAmounts(
        JsonObject status, string name, IReadOnlyDictionary<string, string>? now, IReadOnlyDictionary<string, string> wanted, IReadOnlySet<string> removed)
    {
        var changes = new JsonObject();
        foreach (var (resource, amount) in wanted)
        {
            if (!IsSameAmount(now?.GetValueOrDefault(resource), amount))
            {
                changes[resource] = amount;
            }
        }

        foreach (var resource in (now?.Keys ?? []).Where(r => removed.Contains(r) && !wanted.ContainsKey(r)))
        {
            changes[resource] = null;
        }

        if (changes.Count > 0)
        {
            status[name] = changes;
        }
    }

    // Servers write 65536Mi as 64Gi.
    private static bool IsSameAmount(string? one, string other) =>
        one == other || (Quantity.TryParse(one, out var left) && Quantity.TryParse(other, out var right) && left == right);

    // By their merge key, the type, two internal addresses would become one.
    private static void AddAddresses(JsonObject status, IReadOnlyList<NodeAddress>? now, IReadOnlyList<NodeAddress> wanted)
    {
        if (now is null || !now.Select(a => (a.Type, a.Address)).SequenceEqual(wanted.Select(a => (a.Type, a.Address))))
        {
            status["addresses"] = new JsonArray([.. wanted.Select(Json), new JsonObject { ["$patch"] = "replace" }]);
        }
    }

    private static void Add(JsonObject status, string name, JsonNode? now, JsonNode? wanted)
    {
        if (!JsonNode.DeepEquals(now, wanted))
        {
            status[name] = wanted;
        }
    }

    private static void AddConditions(JsonObject status, IReadOnlyList<NodeCondition>? now, IReadOnlyList<NodeCondition> wanted)
    {
        var foreign = (now ?? []).Where(c => wanted.All(w => w.Type != c.Type)).Select(c => c.Type);
        status["$setElementOrder/conditions"] = new JsonArray([.. foreign.Concat(wanted.Select(w => w.Type)).Select(t => new JsonObject { ["type"] = t })]);
        status["conditions"] = new JsonArray([.. wanted.Select(Json)]);
    }

    private static bool IsSame(NodeCondition wanted, IReadOnlyList<NodeCondition>? now) =>
        now?.FirstOrDefault(c => c.Type == wanted.Type) is { } there
        && (there.Status, there.Reason ?? "", there.Message ?? "") == (wanted.Status, wanted.Reason ?? "", wanted.Message ?? "");

    private static JsonNode? Json(NodeDaemonEndpoints? value) => value is null ? null : JsonSerializer.SerializeToNode(value, KubernetesJson.Api.NodeDaemonEndpoints);

    private static JsonNode? Json(NodeSystemInfo? value) => value is null ? null : JsonSerializer.SerializeToNode(value, KubernetesJson.Api.NodeSystemInfo);

    private static JsonNode? Json(NodeAddress value) => JsonSerializer.SerializeToNode(value, KubernetesJson.Api.NodeAddress);

    private static JsonNode? Json(NodeCondition value) => JsonSerializer.SerializeToNode(value, KubernetesJson.Api.NodeCondition);

    private static JsonArray? Json(IReadOnlyList<string>? value) => value is null ? null : new JsonArray([.. value.Select(v => (JsonNode?)v)]);
}
