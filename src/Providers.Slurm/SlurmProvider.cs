using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Logs;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Providers.Slurm.Channels;
using VirtualKubelet.Providers.Slurm.Jobs;
using VirtualKubelet.Providers.Slurm.Volumes;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>Runs each pod as one Slurm job. This type only delegates: <c>Jobs</c> holds the life cycle, <c>Backends</c> Slurm itself.</summary>
public sealed class SlurmProvider : IProvider, IAsyncDisposable
{
    private readonly TaskCompletionSource _adopted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly JobBook _book = new();
    private readonly LogStreamer _logs;
    private readonly QueuePoller _poller;
    private readonly JobSubmitter _submitter;
    private readonly PodVolumes _volumes;
    private readonly JobCreator _creator;
    private readonly JobAdopter _adopter;
    private readonly JobTerminator _terminator;
    private readonly JobMonitor _monitor;
    private readonly RetentionSweeper _sweeper;
    private readonly SlurmNode _node;
    private readonly PodChannels _channels;
    private readonly ChannelSessions _sessions;

    /// <summary>Puts a provider together; <see cref="RunAsync"/> brings it to life.</summary>
    public SlurmProvider(SlurmProviderOptions options, TimeProvider time, ILoggerFactory loggers)
        : this(options, options.Backend == BackendKind.Local ? new LocalBackend(options, time) : new CliBackend(options, time), time, loggers)
    {
    }

    internal SlurmProvider(SlurmProviderOptions options, IJobBackend backend, TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _loggers = loggers;
        _logs = new LogStreamer(options.Logs, time);
        var directories = new PodDirectories(options);
        _poller = new QueuePoller(options, _book, backend, time, loggers.CreateLogger<QueuePoller>());
        _submitter = new JobSubmitter(options, _book, _poller, backend, time, loggers.CreateLogger<JobSubmitter>());
        _sweeper = new RetentionSweeper(options, directories, time, loggers.CreateLogger<RetentionSweeper>());
        _volumes = new PodVolumes(time);
        _creator = new JobCreator(options, _book, directories, _volumes, _submitter, _sweeper, time);
        _adopter = new JobAdopter(options, _book, directories, _submitter, _sweeper, backend, time, loggers.CreateLogger<JobAdopter>());
        _terminator = new JobTerminator(options, _book, directories, _poller, backend, _sweeper, time, loggers.CreateLogger<JobTerminator>());
        _monitor = new JobMonitor(options, _book, _poller, time, loggers.CreateLogger<JobMonitor>());
        _channels = new PodChannels(options, _book, backend, time, loggers.CreateLogger<PodChannels>());
        _sessions = new ChannelSessions(_book, _channels);
        _node = new SlurmNode(options, _poller, backend, time, loggers.CreateLogger<SlurmNode>());
    }

    /// <summary>Finds the workloads of an earlier process again, then submits, watches and ends jobs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        var loops = new BackgroundLoops(_time, _loggers.CreateLogger<BackgroundLoops>());
        await Task.WhenAll(
            loops.RunAsync("squeue poller", _poller.RunAsync, cancellationToken),
            loops.RunAsync("submitter", _submitter.RunAsync, cancellationToken),
            loops.RunAsync("job monitor", _monitor.RunAsync, cancellationToken),
            loops.RunAsync("job terminator", _terminator.RunAsync, cancellationToken),
            loops.RunAsync("channels", _channels.RunAsync, cancellationToken),
            loops.RunAsync("capacity", _node.RunAsync, cancellationToken),
            loops.RunAsync("retention", _sweeper.RunAsync, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task CreateAsync(Workload workload, CancellationToken cancellationToken)
    {
        await _adopted.Task.WaitAsync(cancellationToken);
        await _creator.CreateAsync(workload).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Nothing in a running job depends on labels or annotations but its volumes' files.</remarks>
    public async Task UpdateAsync(Workload workload, CancellationToken cancellationToken)
    {
        await _adopted.Task.WaitAsync(cancellationToken);
        var entry = _book.Get(workload.Id);
        if (workload.Volumes.Count > 0)
        {
            await _volumes.RefreshAsync(entry, workload.Volumes, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(WorkloadId workload, TimeSpan gracePeriod, CancellationToken cancellationToken)
    {
        await _adopted.Task.WaitAsync(cancellationToken);
        if (_book.Find(workload.Uid) is null && await Task.Run(() => _adopter.TryTakeBack(workload), cancellationToken))
        {
            return;
        }

        var entry = _book.Get(workload);
        await Task.Run(() => JobDeletion.Request(entry, gracePeriod, _time.GetUtcNow()), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkloadStatus>> ListAsync(CancellationToken cancellationToken)
    {
        await _adopted.Task.WaitAsync(cancellationToken);
        return [.. _book.Entries.Select(entry => entry.Status)];
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<WorkloadStatus> WatchAsync(CancellationToken cancellationToken) =>
        _book.Feed.ReadAsync(() => _book.Entries.Select(entry => entry.Status), cancellationToken);

    /// <inheritdoc/>
    public async Task ReadLogsAsync(LogQuery query, PipeWriter output, CancellationToken cancellationToken)
    {
        await _adopted.Task.WaitAsync(cancellationToken);
        await ContainerLogs.CopyAsync(_logs, _book.Get(query.Workload), query, output, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<int> ExecAsync(ExecRequest request, ContainerStreams streams, CancellationToken cancellationToken)
    {
        await _adopted.Task.WaitAsync(cancellationToken);
        return await _sessions.ExecAsync(request, streams, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task AttachAsync(AttachRequest request, ContainerStreams streams, CancellationToken cancellationToken)
    {
        await _adopted.Task.WaitAsync(cancellationToken);
        await _sessions.AttachAsync(request, streams, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IDuplexPipe> ConnectAsync(WorkloadId workload, int port, CancellationToken cancellationToken)
    {
        await _adopted.Task.WaitAsync(cancellationToken);
        return await _sessions.ConnectAsync(workload, port, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<NodeState> GetNodeAsync(CancellationToken cancellationToken) => Task.FromResult(_node.Read());

    /// <summary>Ends the log streams, and the channels with their sessions, that are still open.</summary>
    public async ValueTask DisposeAsync()
    {
        await _channels.DisposeAsync();
        await _logs.DisposeAsync();
    }

    private async Task AdoptAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => _adopter.AdoptAsync(cancellationToken), CancellationToken.None);
            _adopted.SetResult();
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The loops see it as well; nothing is told of workloads that were not all read.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Those that wait learn of it as well; nobody may be waiting.
            _adopted.SetException(new ProviderException(ProviderErrorKind.Unavailable, $"the work directory cannot be used: {e.Message}", e));
            _ = _adopted.Task.Exception;
            throw;
        }
    }
}
