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
    private TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The last answer; null before the first.</summary>
    public JobSnapshot? Latest { get; private set; }

    /// <summary>Jobs that accounting remembers after they left the queue.</summary>
    public JobSnapshot? History { get; private set; }

    /// <summary>Whether the last question was answered, and in whose words it was not.</summary>
    public Reachability Reachability { get; private set; } = Reachability.Unknown;

    /// <summary>Polls until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await PollAsync(cancellationToken);
            await Task.Delay(options.PollInterval, time, cancellationToken);
        }
    }

    /// <summary>The first answer to a question put at <paramref name="earliest"/> or later; waits as long as Slurm does not answer.</summary>
    public async Task<JobSnapshot> AnswerAfterAsync(DateTimeOffset earliest, CancellationToken cancellationToken)
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
        var askedAt = time.GetUtcNow();
        try
        {
            var snapshot = new JobSnapshot(askedAt, await backend.ListAsync(cancellationToken));
            if (MissingFrom(snapshot) is { Count: > 0 } missing && backend.HasHistory)
            {
                History = new JobSnapshot(askedAt, await backend.ListHistoryAsync(missing, cancellationToken));
            }

            Answered(snapshot);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Also what is not a ProviderException: a poller that dies would freeze every pod's state.
            Unreachable(e.Message);
        }
    }

    private List<WorkloadId> MissingFrom(JobSnapshot snapshot) =>
        [.. book.Entries
            .Where(e => !e.IsFinal && e.Record.JobId is { } id && snapshot.Find(e.Id.Uid, id) is null)
            .Select(e => e.Id)];

    private void Answered(JobSnapshot snapshot)
    {
        if (!Reachability.IsReachable)
        {
            LogReachable(options.NodeName);
            Reachability = new Reachability(true, time.GetUtcNow(), "Slurm answers");
        }

        TaskCompletionSource answered;
        lock (_gate)
        {
            Latest = snapshot;
            answered = _answered;
            _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        answered.SetResult();
    }

    private void Unreachable(string words)
    {
        if (Reachability.IsReachable || Reachability == Reachability.Unknown)
        {
            LogUnreachable(options.NodeName, words);
        }

        Reachability = new Reachability(false, time.GetUtcNow(), words);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Slurm answers node {Node}")]
    private partial void LogReachable(string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slurm does not answer node {Node}; pods keep their state and submits wait: {Words}")]
    private partial void LogUnreachable(string node, string words);
}
