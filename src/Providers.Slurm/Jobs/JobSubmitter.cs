using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>
/// Makes exactly one job of each accepted workload. The intent is on disk before the first sbatch; after any attempt whose
/// outcome is not known (killed agent, time-out, lost answer) the job is looked for before another attempt is made.
/// </summary>
internal sealed partial class JobSubmitter(
    SlurmProviderOptions options, JobBook book, QueuePoller poller, IJobBackend backend, TimeProvider time, ILogger<JobSubmitter> logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(100);

    // Unbounded by itself, bounded by the pods that the node accepts: one place a pod.
    private readonly Channel<JobEntry> _queue = Channel.CreateUnbounded<JobEntry>();

    /// <summary>Takes on a workload that has no job on record.</summary>
    public void Enqueue(JobEntry entry)
    {
        // Once no sbatch of an earlier attempt is alive, any later answer of squeue shows its job, if there is one:
        // the pods that an agent finds again after a crash share one answer.
        entry.QuietSince = entry.NeedsLookup && !backend.IsSubmitting(entry.Layout) ? time.GetTimestamp() : null;
        _queue.Writer.TryWrite(entry);
    }

    /// <summary>Submits until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, options.MaxConcurrentSubmits).Select(_ => WorkAsync(cancellationToken)));

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await foreach (var entry in _queue.Reader.ReadAllAsync(cancellationToken))
        {
            if (await TryAsync(entry, cancellationToken) is { } delay)
            {
                _ = RetryAsync(entry, delay, cancellationToken);
            }
        }
    }

    private async Task RetryAsync(JobEntry entry, TimeSpan delay, CancellationToken cancellationToken)
    {
        // A deletion ends the wait early: there is nothing left to wait for. One that was known before waits like anything else.
        var wait = Task.Delay(delay, time, cancellationToken);
        await Task.WhenAny(entry.DeletionRequested.IsCompleted ? [wait] : [wait, entry.DeletionRequested]);
        Enqueue(entry);
    }

    /// <summary>One attempt; returns how long to wait before the next, or null when the workload is settled.</summary>
    private async Task<TimeSpan?> TryAsync(JobEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await poller.WaitReachableAsync(cancellationToken);
            return await AttemptAsync(entry, cancellationToken) ? null : LockPoll;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is: a job may exist, the pod must not be dropped, and the worker has others to serve.
            return Delay(entry, e.Message);
        }
    }

    /// <summary>Finds, settles or submits; false while an sbatch that outlived its agent has not had its say.</summary>
    private async Task<bool> AttemptAsync(JobEntry entry, CancellationToken cancellationToken)
    {
        if (entry is { NeedsLookup: true, QuietSince: null })
        {
            return false;
        }

        if (entry.NeedsLookup && await FindAsync(entry, cancellationToken) is { } found)
        {
            Record(entry, found);
        }
        else if (entry.Record.DeleteRequestedAt is not null)
        {
            Settle(entry, StatusReconciler.Rejected(entry.Outline, entry.Record, "the pod was deleted before it was submitted") with { Reason = "Terminated" });
        }
        else
        {
            await SubmitAsync(entry, cancellationToken);
        }

        return true;
    }

    private async Task SubmitAsync(JobEntry entry, CancellationToken cancellationToken)
    {
        entry.NeedsLookup = true;
        try
        {
            Record(entry, await backend.SubmitAsync(entry.Layout, cancellationToken));
            SlurmMetrics.SubmitEnded("ok");
        }
        catch (ProviderException e) when (e.Kind == ProviderErrorKind.Rejected)
        {
            SlurmMetrics.SubmitEnded("rejected");
            LogRejected(entry.Id.Namespace, entry.Id.Name, entry.Id.Uid, e.Message);
            Settle(entry, StatusReconciler.Rejected(entry.Outline, entry.Record, e.Message));
        }
    }

    /// <summary>The job of an earlier attempt; null when there is certainly none.</summary>
    private async Task<string?> FindAsync(JobEntry entry, CancellationToken cancellationToken)
    {
        var acceptedAt = entry.Record.AcceptedAt;
        var answer = await poller.AnswerAfterAsync(entry.QuietSince!.Value, cancellationToken);
        if (answer.FindUnrecorded(entry.Id.Uid, acceptedAt) is { } listed)
        {
            return listed.JobId;
        }

        // A job that came and went leaves its claim behind even where there is no accounting.
        if (AtomicFile.ReadJson(entry.Layout.ClaimFile, ShimJson.Files.JobClaim) is { } claim)
        {
            return claim.JobId;
        }

        var history = await backend.ListHistoryAsync([entry.Id], cancellationToken);
        return history.LastOrDefault(job => job.IsAfter(acceptedAt))?.JobId;
    }

    private void Record(JobEntry entry, string jobId)
    {
        entry.SubmittedAt = time.GetTimestamp();
        entry.ChangeRecord(record => record with { JobId = jobId });
        entry.Delay = null;
        entry.NeedsLookup = false;
        LogSubmitted(entry.Id.Namespace, entry.Id.Name, entry.Id.Uid, jobId);
    }

    private void Settle(JobEntry entry, PodStatus status) =>
        book.Finish(entry, new WorkloadStatus { Id = entry.Id, Status = status });

    private TimeSpan Delay(JobEntry entry, string words)
    {
        SlurmMetrics.SubmitEnded("delayed");
        var delay = TimeSpan.FromSeconds(Math.Min(FirstDelay.TotalSeconds * Math.Pow(2, entry.FailedSubmits++), LongestDelay.TotalSeconds));
        entry.Delay = new SubmitDelay("SlurmSubmitDelayed", $"{words}; trying again in {delay.TotalSeconds:0} s");
        LogDelayed(entry.Id.Namespace, entry.Id.Name, entry.Id.Uid, delay.TotalSeconds, words);
        return delay;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "pod {Namespace}/{Pod} ({Uid}) is job {Job}")]
    private partial void LogSubmitted(string @namespace, string pod, string uid, string job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Pod} ({Uid}): Slurm refuses its job for good: {Words}")]
    private partial void LogRejected(string @namespace, string pod, string uid, string words);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Pod} ({Uid}): not submitted, next attempt in {Delay} s: {Words}")]
    private partial void LogDelayed(string @namespace, string pod, string uid, double delay, string words);
}
