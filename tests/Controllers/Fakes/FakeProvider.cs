using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Tests.Fakes;

/// <summary>A provider that does what a test tells it: remembers calls, fails on demand, and reports only what the test reports.</summary>
internal sealed class FakeProvider : IProvider
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WorkloadStatus> _known = [];
    private readonly List<Channel<WorkloadStatus>> _watchers = [];
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

    /// <summary>Called before a creation is recorded; may throw or wait.</summary>
    public Func<Workload, CancellationToken, Task> OnCreate { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Called before an update is recorded; may throw or wait.</summary>
    public Func<Workload, CancellationToken, Task> OnUpdate { get; set; } = (_, _) => Task.CompletedTask;

    public Func<WorkloadId, CancellationToken, Task> OnDelete { get; set; } = (_, _) => Task.CompletedTask;

    public Func<CancellationToken, Task> OnList { get; set; } = _ => Task.CompletedTask;

    public ConcurrentQueue<Workload> Created { get; } = new();

    public ConcurrentQueue<Workload> Updated { get; } = new();

    /// <summary>The next call, such as <c>create default/a</c>.</summary>
    public async Task<string> NextCallAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    public bool TryNextCall(out string? call) => _calls.Reader.TryRead(out call);

    /// <summary>All it knows.</summary>
    public IReadOnlyList<WorkloadStatus> Known()
    {
        lock (_gate)
        {
            return [.. _known.Values];
        }
    }

    public void Know(WorkloadId id, string phase = PodPhases.Running)
    {
        lock (_gate)
        {
            _known[id.Uid] = new WorkloadStatus { Id = id, Status = new PodStatus { Phase = phase }, JobId = "7" };
        }
    }

    public void Report(WorkloadId id, PodStatus status, string? jobId = "7") => Publish(new WorkloadStatus { Id = id, Status = status, JobId = jobId });

    public void ReportGone(WorkloadId id, PodStatus? last = null) =>
        Publish(new WorkloadStatus { Id = id, Status = last ?? new PodStatus { Phase = PodPhases.Failed }, Gone = true });

    /// <summary>The workload vanishes without an event.</summary>
    public void Lose(WorkloadId id)
    {
        lock (_gate)
        {
            _known.Remove(id.Uid);
        }
    }

    public void BreakWatches()
    {
        lock (_gate)
        {
            _watchers.ForEach(w => w.Writer.TryComplete(new IOException("the watch broke")));
            _watchers.Clear();
        }
    }

    public async Task CreateAsync(Workload workload, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite($"create {workload.Id.Namespace}/{workload.Id.Name} {workload.Id.Uid}");
        await OnCreate(workload, cancellationToken);
        Created.Enqueue(workload);
        Know(workload.Id, PodPhases.Pending);
    }

    public async Task UpdateAsync(Workload workload, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite($"update {workload.Id.Namespace}/{workload.Id.Name} {workload.Id.Uid}");
        await OnUpdate(workload, cancellationToken);
        if (!IsKnown(workload.Id))
        {
            throw new ProviderException(ProviderErrorKind.NotFound, "unknown");
        }

        Updated.Enqueue(workload);
    }

    public async Task DeleteAsync(WorkloadId workload, TimeSpan gracePeriod, CancellationToken cancellationToken)
    {
        _calls.Writer.TryWrite($"delete {workload.Namespace}/{workload.Name} {workload.Uid} {gracePeriod.TotalSeconds}");
        await OnDelete(workload, cancellationToken);
        if (!IsKnown(workload))
        {
            throw new ProviderException(ProviderErrorKind.NotFound, "unknown");
        }
    }

    public async Task<IReadOnlyList<WorkloadStatus>> ListAsync(CancellationToken cancellationToken)
    {
        await OnList(cancellationToken);
        return Known();
    }

    public async IAsyncEnumerable<WorkloadStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<WorkloadStatus>();
        lock (_gate)
        {
            foreach (var status in _known.Values)
            {
                channel.Writer.TryWrite(status);
            }

            _watchers.Add(channel);
        }

        await foreach (var status in channel.Reader.ReadAllAsync(cancellationToken))
        {
            yield return status;
        }
    }

    public Task ReadLogsAsync(LogQuery query, PipeWriter output, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> ExecAsync(ExecRequest request, ContainerStreams streams, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task AttachAsync(AttachRequest request, ContainerStreams streams, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IDuplexPipe> ConnectAsync(WorkloadId workload, int port, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<NodeState> GetNodeAsync(CancellationToken cancellationToken)
    {
        var amounts = new Dictionary<string, Quantity> { ["cpu"] = new(16), ["memory"] = Quantity.Parse("32Gi") };
        return Task.FromResult(new NodeState { Capacity = amounts, Allocatable = amounts, Conditions = [] });
    }

    private bool IsKnown(WorkloadId id)
    {
        lock (_gate)
        {
            return _known.ContainsKey(id.Uid);
        }
    }

    private void Publish(WorkloadStatus status)
    {
        lock (_gate)
        {
            if (status.Gone)
            {
                _known.Remove(status.Id.Uid);
            }
            else
            {
                _known[status.Id.Uid] = status;
            }

            _watchers.ForEach(w => w.Writer.TryWrite(status));
        }
    }
}
