using Microsoft.Extensions.Logging;
using VirtualKubelet.Providers.Slurm.Backends;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>
/// Asks Slurm for all jobs at once, once an interval, however many there are; then, in one more call, for those that have
/// left the queue. A failed answer changes nothing but <see cref="Reachability"/>.
/// </summary>
internal sealed partial class QueuePoller(
    SlurmProviderOptions options, JobBook book, IJobBackend backend, TimeProvider time, ILogger<QueuePoller> logger)
{
    private readonly Lock _gate = new();
    private volatile JobSnapshot? _latest;
    private volatile JobSnapshot? _history;
    private volatile Reachability _reachability = Reachability.Unknown;
    private long? _completeSince;
    private bool _historyIsSilent;
    private TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The last answer; null before the first.</summary>
    public JobSnapshot? Latest => _latest;

    /// <summary>Jobs that accounting remembers after they left the queue.</summary>
    public JobSnapshot? History => _history;

    /// <summary>Whether the last question was answered, and in whose words it was not.</summary>
    public Reachability Reachability => _reachability;

    /// <summary>Polls until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await PollAsync(cancellationToken);
            await Task.Delay(options.PollInterval, time, cancellationToken);
        }
    }

    /// <summary>The first answer to a question put at the timestamp <paramref name="earliest"/> or later; waits as long as Slurm does not answer.</summary>
    public async Task<JobSnapshot> AnswerAfterAsync(long earliest, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task answered;
            lock (_gate)
            {
                if (Latest is { } latest && latest.AskedAt >= earliest)
                {
                    return latest;
                }

                answered = _answered.Task;
            }

            await answered.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Completes at once while Slurm answers, else with its next answer.</summary>
    public async Task WaitReachableAsync(CancellationToken cancellationToken)
    {
        if (Reachability is { IsReachable: false, Since: var since })
        {
            await AnswerAfterAsync(since, cancellationToken);
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        var askedAt = time.GetTimestamp();
        try
        {
            var jobs = await backend.ListAsync(cancellationToken);
            var isComplete = await AskHistoryAsync(new JobSnapshot(askedAt, jobs), cancellationToken);
            _completeSince = isComplete ? _completeSince ?? askedAt : null;
            Answered(new JobSnapshot(askedAt, jobs) { CompleteSince = _completeSince });
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Also what is not a ProviderException: a poller that dies would freeze every pod's state.
            Unreachable(e.Message);
        }
    }

    /// <summary>Asks accounting for the jobs that have left the queue; false when it was to be asked and did not answer.</summary>
    private async Task<bool> AskHistoryAsync(JobSnapshot queue, CancellationToken cancellationToken)
    {
        if (!backend.HasHistory || MissingFrom(queue) is not { Count: > 0 } missing)
        {
            return true;
        }

        try
        {
            _history = new JobSnapshot(queue.AskedAt, await backend.ListHistoryAsync(missing, cancellationToken));
            _historyIsSilent = false;
            return true;
        }
        catch (ProviderException e)
        {
            // The queue has answered for everybody else: slurmdbd being down must not stop the world.
            if (!_historyIsSilent)
            {
                _historyIsSilent = true;
                LogHistorySilent(options.NodeName, missing.Count, e.Message);
            }

            return false;
        }
    }

    // A job submitted after the question was put is not missing from the answer.
    private List<WorkloadId> MissingFrom(JobSnapshot queue) =>
        [.. book.Entries
            .Where(e => !e.IsFinal && e.Record.JobId is { } id && queue.AskedAt > e.SubmittedAt && queue.Find(e.Id.Uid, id) is null)
            .Select(e => e.Id)];

    private void Answered(JobSnapshot snapshot)
    {
        if (!Reachability.IsReachable)
        {
            LogReachable(options.Backend, options.NodeName);
            _reachability = new Reachability(true, time.GetTimestamp(), "Slurm answers");
        }

        TaskCompletionSource answered;
        lock (_gate)
        {
            _latest = snapshot;
            answered = _answered;
            _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        answered.SetResult();
    }

    private void Unreachable(string words)
    {
        if (Reachability.IsReachable || Reachability == Reachability.Unknown)
        {
            LogUnreachable(options.Backend, options.NodeName, words);
        }

        _reachability = new Reachability(false, time.GetTimestamp(), words);
        _completeSince = null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Backend} answers node {Node}")]
    private partial void LogReachable(BackendKind backend, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slurm's accounting does not answer node {Node} about {Count} jobs that left the queue; their pods keep their state: {Words}")]
    private partial void LogHistorySilent(string node, int count, string words);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Backend} does not answer node {Node}; pods keep their state and submits wait: {Words}")]
    private partial void LogUnreachable(BackendKind backend, string node, string words);
}
