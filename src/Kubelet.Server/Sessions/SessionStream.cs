using System.Runtime.CompilerServices;
using VirtualKubelet.Kubelet.Server.Metrics;

namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>
/// A session's connection. Bytes are counted as they pass, framing included, and writes fail once the client has gone: Kestrel's own go nowhere without a word,
/// and a session that does not read at the moment has no other way to notice. Asynchronous only.
/// </summary>
internal sealed class SessionStream(Stream inner, SessionKind kind, CancellationToken closed) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        SessionMetrics.Received(kind, count);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (closed.IsCancellationRequested)
        {
            return ValueTask.FromException(new IOException("The client has closed the connection."));
        }

        SessionMetrics.Sent(kind, buffer.Length);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    public override void Flush() => throw Sync();

    public override int Read(byte[] buffer, int offset, int count) => throw Sync();

    public override void Write(byte[] buffer, int offset, int count) => throw Sync();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static NotSupportedException Sync() => new("A session's connection is asynchronous only.");
}
