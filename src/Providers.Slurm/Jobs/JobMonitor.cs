using Microsoft.Extensions.Logging;
using VirtualKubelet.Providers.Slurm.Backends;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>
/// Turns what Slurm and the shims say into statuses, several times between two squeue calls, because a shim's file is
/// cheap to look at and Slurm is not.
/// </summary>
internal sealed partial class JobMonitor(
    SlurmProviderOptions options, JobBook book, QueuePoller poller, TimeProvider time, ILogger<JobMonitor> logger)
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Looks at files a second, at most: the bound on what thousands of pods ask of a file server.</summary>
    private const int LooksPerSecond = 1000;

    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var live = 0;
            foreach (var entry in book.Entries)
            {
                live += entry.IsFinal ? 0 : 1;
                Look(entry);
            }

            await Task.Delay(Interval(live), time, cancellationToken);
        }
    }

    private static TimeSpan Interval(int live)
    {
        var budget = TimeSpan.FromSeconds((double)live / LooksPerSecond);
        return budget > MinInterval ? budget : MinInterval;
    }

    private void Look(JobEntry entry)
    {
        try
        {
            if (!entry.IsFinal)
            {
                Reconcile(entry);
            }

            entry.IsUnreadable = false;
        }
        catch (Exception e)
        {
            // A full or absent file system, or a file of the pod's that nobody thought of: its state stands and the next turn
            // tries again. Whatever it is, it is this pod's: an exception that ended the loop would freeze all others.
            if (!entry.IsUnreadable)
            {
                entry.IsUnreadable = true;
                LogLookFailed(e, entry.Id.Namespace, entry.Id.Name, entry.Id.Uid);
            }
        }
    }

    private void Reconcile(JobEntry entry)
    {
        var observation = Observe(entry);
        if (observation == entry.Reconciled)
        {
            return;
        }

        if (StatusReconciler.Reconcile(observation) is { } status)
        {
            if (StatusReconciler.IsFinal(status.Status))
            {
                Finish(entry, status);
            }
            else
            {
                book.Report(entry, status);
            }
        }

        entry.Reconciled = observation;
    }

    private void Finish(JobEntry entry, WorkloadStatus status)
    {
        book.Finish(entry, status);
        LogFinished(entry.Id.Namespace, entry.Id.Name, entry.Id.Uid, status.JobId, status.Status.Phase, status.Status.Reason);
    }

    private JobObservation Observe(JobEntry entry)
    {
        var record = entry.Record;
        var answer = poller.Latest;
        var job = record.JobId is { } id ? answer?.Find(entry.Id.Uid, id) ?? Ended(poller.History?.Find(entry.Id.Uid, id)) : null;
        entry.Job = job ?? entry.Job;
        var shim = entry.ShimState.Refresh();
        var isMissing = job is null && record.JobId is not null && answer?.AskedAt > entry.SubmittedAt;
        var seen = new JobObservation(
            entry.Outline, record, entry.Delay, isMissing ? null : job ?? entry.Job, shim, isMissing, IsLost: false)
        {
            MemoryComplaint = WasKilled(entry.Job) && shim?.FinishedAt is null ? JobOutput.MemoryComplaint(entry.Layout.JobOutputFile) : null,
        };
        entry.MissingSince = isMissing || (job is not null && seen.LacksProof) ? entry.MissingSince ?? answer!.AskedAt : null;
        return seen with { IsLost = entry.MissingSince is { } since && IsOver(since, answer!) };
    }

    // Slurm kills the shim along with what used the memory: it has no last word then.
    private static bool WasKilled(JobRecord? job) => job?.State is SlurmJobState.Failed or SlurmJobState.Cancelled;

    // Accounting that missed the end of a job calls it running for good; squeue, which does not know it any more, is right.
    private static JobRecord? Ended(JobRecord? past) => past is { Stage: JobStage.Ended } ? past : null;

    // Only Slurm's answers let time pass: while it, or its accounting, is silent nothing gets lost.
    private bool IsOver(long since, JobSnapshot answer) =>
        answer.CompleteSince is { } complete && time.GetElapsedTime(Math.Max(since, complete), answer.AskedAt) >= options.LostJobGrace;

    [LoggerMessage(Level = LogLevel.Debug, Message = "pod {Namespace}/{Pod} ({Uid}), job {Job}: {Phase} {Reason}")]
    private partial void LogFinished(string @namespace, string pod, string uid, string? job, string? phase, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Pod} ({Uid}): cannot tell its state; trying again until it can be told")]
    private partial void LogLookFailed(Exception exception, string @namespace, string pod, string uid);
}
