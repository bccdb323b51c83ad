using System.Globalization;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>Ends the pod in time: at <c>activeDeadlineSeconds</c>, and before Slurm would at the job's time limit.</summary>
internal sealed class PodDeadlines(PodPlan plan, DateTimeOffset startedAt, PodStop stop, TimeProvider time, Journal journal)
{
    private const string Message = "Pod was active on the node longer than the specified deadline";

    // Time to write the last state and to leave before Slurm kills the job.
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(5);

    // Delays take no more than 49 days.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private TimeSpan Grace => TimeSpan.FromSeconds(plan.TerminationGracePeriodSeconds);

    /// <summary>Waits for <c>activeDeadlineSeconds</c>, if there is one, and stops the pod then.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        if (plan.ActiveDeadlineSeconds is { } seconds)
        {
            await StopAtAsync(startedAt, seconds, TimeSpan.Zero, cancellationToken);
        }
    }

    /// <summary>Slurm says that the time limit is near: uses what is left of it where the limit is known, else stops at once.</summary>
    public async Task TimeLimitNearAsync(CancellationToken cancellationToken)
    {
        journal.Report("the job's time limit is near");
        await StopAtAsync(JobStart(), plan.TimeLimitSeconds ?? 0, Grace + Reserve, cancellationToken);
    }

    private async Task StopAtAsync(DateTimeOffset start, long seconds, TimeSpan before, CancellationToken cancellationToken)
    {
        // The elapsed time by the steady clock: the wall clock may be set while the pod runs.
        var began = time.GetTimestamp();
        var left = TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) - before - (time.GetUtcNow() - start);
        while (left - time.GetElapsedTime(began) is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(rest < LongestDelay ? rest : LongestDelay, time, cancellationToken);
        }

        stop.Request(PodStopReasons.DeadlineExceeded, Message, Grace);
    }

    /// <summary>When Slurm's clock for the job began: the prolog counts too. Slurm has told since 23.02.</summary>
    private DateTimeOffset JobStart() =>
        long.TryParse(Environment.GetEnvironmentVariable("SLURM_JOB_START_TIME"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds <= startedAt.ToUnixTimeSeconds()
        && seconds > startedAt.AddDays(-1).ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : startedAt;
}
