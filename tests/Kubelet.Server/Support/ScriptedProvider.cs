using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>A provider that reads logs, runs commands and connects as a test tells it to, and remembers what it was asked.</summary>
internal sealed class ScriptedProvider : IProvider
{
    private int _running;

    public ConcurrentQueue<LogQuery> Queries { get; } = new();

    public Func<LogQuery, PipeWriter, CancellationToken, Task> Script { get; set; } = Print("hello\n");

    public ConcurrentQueue<ExecRequest> Execs { get; } = new();

    public ConcurrentQueue<AttachRequest> Attaches { get; } = new();

    public ConcurrentQueue<(WorkloadId Workload, int Port)> Connects { get; } = new();

    /// <summary>Exec and attach calls that have not returned.</summary>
    public int Running => Volatile.Read(ref _running);

    public Func<ExecRequest, ContainerStreams, CancellationToken, Task<int>> Exec { get; set; } = (_, _, _) => Task.FromResult(0);

    public Func<AttachRequest, ContainerStreams, CancellationToken, Task> Attach { get; set; } = (_, _, _) => Task.CompletedTask;

    public Func<int, CancellationToken, Task<IDuplexPipe>> Connect { get; set; } =
        (port, _) => throw new ProviderException(ProviderErrorKind.Unavailable, $"connection refused by port {port}");

    public static Func<LogQuery, PipeWriter, CancellationToken, Task> Print(string text) => async (_, output, cancellationToken) =>
    {
        await output.FlushAsync(cancellationToken);
        await output.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
    };

    public Task ReadLogsAsync(LogQuery query, PipeWriter output, CancellationToken cancellationToken)
    {
        Queries.Enqueue(query);
        return Script(query, output, cancellationToken);
    }

    public Task CreateAsync(Workload workload, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UpdateAsync(Workload workload, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DeleteAsync(WorkloadId workload, TimeSpan gracePeriod, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<WorkloadStatus>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<WorkloadStatus> WatchAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task<int> ExecAsync(ExecRequest request, ContainerStreams streams, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        Execs.Enqueue(request);
        try
        {
            return await Exec(request, streams, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public async Task AttachAsync(AttachRequest request, ContainerStreams streams, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        Attaches.Enqueue(request);
        try
        {
            await Attach(request, streams, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public Task<IDuplexPipe> ConnectAsync(WorkloadId workload, int port, CancellationToken cancellationToken)
    {
        Connects.Enqueue((workload, port));
        return Connect(port, cancellationToken);
    }

    public Task<NodeState> GetNodeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
