using System.Diagnostics.Metrics;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>Figures of the node, under the meter <c>VirtualKubelet.Controllers.Nodes</c>.</summary>
internal static class NodeMetrics
{
    private static readonly Meter Meter = new("VirtualKubelet.Controllers.Nodes");

    private static readonly Counter<long> Posts = Meter.CreateCounter<long>(
        "vk_slurm.node.status.posts", "{post}", "Posts of the node's status, by cause: a change, or that it was time.");

    private static readonly Counter<long> Creations = Meter.CreateCounter<long>(
        "vk_slurm.node.creations", "{node}", "Times that the Node was created, the first one included.");

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "vk_slurm.node.status.failures", "{post}", "Posts of the node's status that failed in all their tries.");

    public static void Posted(bool isChange) => Posts.Add(1, new KeyValuePair<string, object?>("cause", isChange ? "change" : "heartbeat"));

    public static void PostFailed() => Failures.Add(1);

    public static void Created() => Creations.Add(1);
}
