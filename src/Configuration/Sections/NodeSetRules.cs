using System.Globalization;
using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary>What several nodes of one file may not share.</summary>
internal static class NodeSetRules
{
    public static void Check(IReadOnlyList<NodeDocument> documents)
    {
        RequireDistinct(documents, "metadata.name", n => n.Metadata.Name, "another name");
        RequireDistinct(documents, "spec.kubelet.port", n => n.Spec.Kubelet.Port == 0 ? null : n.Spec.Kubelet.Port.ToString(CultureInfo.InvariantCulture), "another port");
        // A node takes every pod directory in its work directory for one of its own.
        RequireDistinct(documents, "spec.workDirectory", n => n.Spec.WorkDirectory, "a directory of its own");
        RequireDistinct(documents, "spec.stateDirectory", n => n.Spec.StateDirectory, "a directory of its own");
    }

    private static void RequireDistinct(IReadOnlyList<NodeDocument> documents, string path, Func<NodeConfiguration, string?> value, string remedy)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var document in documents)
        {
            if (document.Node is not { } node || value(node) is not { } used || owners.TryAdd(used, node.Metadata.Name))
            {
                continue;
            }

            new Location(document.Context, path).Fail($"{Words.Quote(used)} is taken by the node {Words.Quote(owners[used])} of this file; give this one {remedy}");
        }
    }
}
