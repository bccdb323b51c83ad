using System.Runtime.CompilerServices;
using VirtualKubelet.Kubelet.Server.Metrics;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>
/// A session's connection. Bytes are counted as they pass, framing included, and writes fail once the client has gone: Kestrel's own go nowhere without a word,
/// and a session that does not read at the moment has no other way to notice. Asynchronous only.
/// </summary>
internal sealed class SessionStream(Stream inner, SessionKind kind, CancellationToken closed) : AsyncStream
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        SessionMetrics.Received(kind, count);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (closed.IsCancellationRequested)
        {
            return ValueTask.FromException(new IOException("The client has closed the connection."));
        }

        SessionMetrics.Sent(kind, buffer.Length);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
