using Microsoft.Extensions.Logging;
using VirtualKubelet.Providers.Slurm.Backends;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>
/// Turns what Slurm and the shims say into statuses, several times between two squeue calls, because a shim's file is
/// cheap to look at and Slurm is not.
/// </summary>
internal sealed partial class JobMonitor(
    SlurmProviderOptions options, JobBook book, QueuePoller poller, JobTerminator terminator, TimeProvider time, ILogger<JobMonitor> logger)
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Looks at files a second, at most: the bound on what thousands of pods ask of a file server.</summary>
    private const int LooksPerSecond = 1000;

    private readonly Dictionary<JobEntry, JobObservation> _reconciled = [];

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

            await terminator.TurnAsync(cancellationToken);
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
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full or absent file system: the state stands, the next turn tries again.
            LogLookFailed(e, entry.Id.Namespace, entry.Id.Name, entry.Id.Uid);
        }
    }

    private void Reconcile(JobEntry entry)
    {
        var observation = Observe(entry);
        if (_reconciled.TryGetValue(entry, out var last) && last == observation)
        {
            return;
        }

        if (StatusReconciler.Reconcile(observation) is { } status)
        {
            if (StatusReconciler.IsFinal(status.Status))
            {
                Finish(entry, status);
            }

            book.Report(entry, status);
        }

        _reconciled[entry] = observation;
        if (entry.IsFinal)
        {
            _reconciled.Remove(entry);
        }
    }

    private void Finish(JobEntry entry, WorkloadStatus status)
    {
        PodDirectories.SaveOutcome(entry.Layout, status.Status);
        entry.IsFinal = true;
        LogFinished(entry.Id.Namespace, entry.Id.Name, entry.Id.Uid, status.JobId, status.Status.Phase, status.Status.Reason);
    }

    private JobObservation Observe(JobEntry entry)
    {
        var record = entry.Record;
        var snapshot = poller.Latest;
        var job = record.JobId is { } id
            ? snapshot?.Find(entry.Id.Uid, id) ?? poller.History?.Find(entry.Id.Uid, id)
            : null;
        entry.Job = job ?? entry.Job;
        var shim = entry.ShimState.Refresh();
        var isMissing = job is null && record.JobId is not null && snapshot?.AskedAt > entry.SubmittedAt;
        var lacksProof = job?.State == SlurmJobState.Completed && shim?.FinishedAt is null;

        // Only an answer of Slurm lets time pass: while it is silent nothing gets lost.
        entry.MissingSince = isMissing || lacksProof ? entry.MissingSince ?? snapshot!.AskedAt : null;
        var isLost = entry.MissingSince is { } since && snapshot!.AskedAt - since >= options.LostJobGrace;
        return new JobObservation(entry.Outline, record, entry.Delay, isMissing ? null : job ?? entry.Job, shim, isMissing, isLost);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Namespace}/{Pod} ({Uid}), job {Job}: {Phase} {Reason}")]
    private partial void LogFinished(string @namespace, string pod, string uid, string? job, string? phase, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Pod} ({Uid}): cannot read or write its directory")]
    private partial void LogLookFailed(Exception exception, string @namespace, string pod, string uid);
}
