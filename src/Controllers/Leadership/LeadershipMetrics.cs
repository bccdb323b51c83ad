using System.Diagnostics.Metrics;

namespace VirtualKubelet.Controllers.Leadership;

/// <summary>Figures of the node's lease, under the meter <c>VirtualKubelet.Controllers.Leadership</c>.</summary>
internal static class LeadershipMetrics
{
    private static readonly Meter Meter = new("VirtualKubelet.Controllers.Leadership");

    private static readonly Counter<long> Renewals = Meter.CreateCounter<long>(
        "vk_slurm.lease.renewals", "{renewal}", "Renewals of the node's lease, by outcome: ok or failed, all tries of one taken together.");

    private static readonly UpDownCounter<long> Held = Meter.CreateUpDownCounter<long>(
        "vk_slurm.lease.held", "{lease}", "1 while this agent is the one of its node, 0 while it stands by.");

    private static readonly Counter<long> Losses = Meter.CreateCounter<long>(
        "vk_slurm.lease.losses", "{loss}", "Times that another agent took the node from this one.");

    public static void Renewed(bool isOk) => Renewals.Add(1, new KeyValuePair<string, object?>("outcome", isOk ? "ok" : "failed"));

    public static void Taken() => Held.Add(1);

    public static void Ended(bool isLost)
    {
        Held.Add(-1);
        Losses.Add(isLost ? 1 : 0);
    }
}
