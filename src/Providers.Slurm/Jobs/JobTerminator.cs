using Microsoft.Extensions.Logging;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Providers.Slurm.Volumes;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>
/// Ends the jobs of deleted pods: SIGTERM to the shim, its grace, then scancel; one call for all jobs that need the same.
/// A job is only ever touched when squeue just showed it under our own name for the pod.
/// </summary>
internal sealed partial class JobTerminator(
    SlurmProviderOptions options, JobBook book, PodDirectories directories, QueuePoller poller, IJobBackend backend, RetentionSweeper sweeper,
    TimeProvider time, ILogger<JobTerminator> logger)
{
    /// <summary>How long the shim may take beyond the grace to report the end.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>How long a signal gets to show in squeue before it is sent again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<JobEntry, long> _cancelledAt = [];
    private readonly Dictionary<JobEntry, (long At, int? Grace)> _told = [];

    /// <summary>Ends jobs until cancelled; a loop of its own, so that a slow scancel delays no status.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await TurnAsync(cancellationToken);
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Does what is due now.</summary>
    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        var deleted = book.Entries.Where(e => e.Record.DeleteRequestedAt is not null).ToList();
        if (deleted.Count == 0)
        {
            return;
        }

        foreach (var entry in deleted.Where(e => e.IsFinal))
        {
            Forget(entry);
        }

        if (!poller.Reachability.IsReachable)
        {
            return;
        }

        var now = time.GetTimestamp();
        var live = deleted.Where(e => !e.IsFinal && IsListed(e)).ToList();
        await SendAsync(Due(live.Where(e => e.Job!.Stage == JobStage.Waiting), now), now, ids => backend.CancelAsync(ids, onlyWaiting: true, cancellationToken));
        await TerminateAsync([.. live.Where(e => MayRun(e) && IsToBeTold(e))], now, cancellationToken);
        await SendAsync(Due(live.Where(e => IsOverdue(e, now)), now), now, ids => backend.CancelAsync(ids, onlyWaiting: false, cancellationToken));
    }

    private bool IsListed(JobEntry entry) =>
        entry is { Job: not null, Record.JobId: { } id } && poller.Latest?.Find(entry.Id.Uid, id) is not null;

    // A state whose word this build does not know keeps no deleted pod alive.
    private static bool MayRun(JobEntry entry) => entry.Job!.Stage is JobStage.Active or JobStage.Unknown;

    // A grace that was shortened since is news to the shim.
    private bool IsToBeTold(JobEntry entry) =>
        !_told.TryGetValue(entry, out var told) || told.Grace > entry.Record.GracePeriodSeconds;

    private bool IsOverdue(JobEntry entry, long now) =>
        MayRun(entry)
        && _told.TryGetValue(entry, out var told)
        && time.GetElapsedTime(told.At, now) > TimeSpan.FromSeconds(entry.Record.GracePeriodSeconds ?? 0) + Margin;

    private List<JobEntry> Due(IEnumerable<JobEntry> entries, long now) =>
        [.. entries.Where(e => !_cancelledAt.TryGetValue(e, out var last) || time.GetElapsedTime(last, now) > Patience)];

    private async Task TerminateAsync(List<JobEntry> entries, long now, CancellationToken cancellationToken)
    {
        // The grace as it was before the signal went out: one that is shortened meanwhile is told again.
        var graces = entries.ConvertAll(e => e.Record.GracePeriodSeconds);
        if (await TryAsync(entries, ids => backend.TerminateAsync(ids, cancellationToken)))
        {
            for (var i = 0; i < entries.Count; i++)
            {
                _told[entries[i]] = (now, graces[i]);
            }
        }
    }

    private async Task SendAsync(List<JobEntry> entries, long now, Func<IReadOnlyCollection<string>, Task> send)
    {
        if (await TryAsync(entries, send))
        {
            entries.ForEach(e => _cancelledAt[e] = now);
        }
    }

    private async Task<bool> TryAsync(List<JobEntry> entries, Func<IReadOnlyCollection<string>, Task> send)
    {
        if (entries.Count == 0)
        {
            return false;
        }

        try
        {
            await send([.. entries.Select(e => e.Record.JobId!)]);
            return true;
        }
        catch (ProviderException e)
        {
            LogFailed(entries.Count, e.Message);
            return false;
        }
    }

    private void Forget(JobEntry entry)
    {
        try
        {
            // What is kept for a while is for people who ask what happened: logs and states.
            if (!PodVolumes.TryRemove(entry))
            {
                return;
            }

            if (options.Retention > TimeSpan.Zero)
            {
                PodDirectories.ForgetCommands(entry.Layout);
                var goneAt = entry.Record.GoneAt ?? time.GetUtcNow();
                entry.ChangeRecord(record => record with { GoneAt = goneAt });
                sweeper.Keep(entry.Layout, goneAt);
            }
            else
            {
                directories.Remove(entry.Layout);
            }

            _cancelledAt.Remove(entry);
            _told.Remove(entry);
            book.Remove(entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The workload is reported gone once its directory is; the next turn tries again.
            LogNotRemoved(e, entry.Id.Namespace, entry.Id.Name, entry.Id.Uid);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} jobs of deleted pods could not be ended yet: {Words}")]
    private partial void LogFailed(int count, string words);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Pod} ({Uid}): cannot remove its directory")]
    private partial void LogNotRemoved(Exception exception, string @namespace, string pod, string uid);
}
