using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>A provider that only reads logs, as a test tells it to, and remembers what it was asked.</summary>
internal sealed class ScriptedProvider : IProvider
{
    public ConcurrentQueue<LogQuery> Queries { get; } = new();

    public Func<LogQuery, PipeWriter, CancellationToken, Task> Script { get; set; } = Print("hello\n");

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

    public Task<int> ExecAsync(ExecRequest request, ContainerStreams streams, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task AttachAsync(AttachRequest request, ContainerStreams streams, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IDuplexPipe> ConnectAsync(WorkloadId workload, int port, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<NodeState> GetNodeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
