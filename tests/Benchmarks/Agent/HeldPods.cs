using System.Diagnostics;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Agent;

/// <summary>Pods of an agent whose jobs wait in Slurm's queue.</summary>
internal sealed class HeldPods(AgentProcess agent, HttpClient client)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private int _count;

    /// <summary>Declares further pods and waits until each has its job; returns the time from the manifest to the last job.</summary>
    public async Task<TimeSpan> AddAsync(int count, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        PodManifests.DeclareHeld(agent.Setup, _count, count);
        _count += count;
        await Waiting.UntilAsync($"{count} pods to be submitted", async () => await SubmittedAsync(cancellationToken) >= _count, LookInterval, Limit, cancellationToken);
        return Stopwatch.GetElapsedTime(started);
    }

    private async Task<double> SubmittedAsync(CancellationToken cancellationToken) =>
        (await AgentMetrics.ReadAsync(client, cancellationToken)).Sum("vk_slurm_submits_total", "outcome=\"ok\"");
}
