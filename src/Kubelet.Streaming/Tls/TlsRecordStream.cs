using System.Net.Security;
using System.Runtime.CompilerServices;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.Tls;

/// <summary>
/// A TLS connection of which one read gives all records that have arrived and fit, and one write is one send, where an <see cref="SslStream"/> by itself reads and sends
/// 16 KiB at a time.
/// </summary>
/// <param name="tls">The connection; owned from now on.</param>
/// <param name="below">What it was put upon.</param>
public sealed class TlsRecordStream(SslStream tls, TlsRecordPipe below) : AsyncStream
{
    /// <summary>What a record carries at most.</summary>
    private const int RecordBytes = 16 * 1024;

    /// <summary>What is encrypted before it is sent; what is larger is sent in pieces of this.</summary>
    private const int HeldBytes = 64 * 1024;

    /// <summary>A record is longer than what it carries by a header of 5 bytes, a tag of 16 and a type or more.</summary>
    private const int OverheadBytes = 22;

    /// <summary>Less than this may be a message of the protocol's own, after which nothing need come: what was read must not wait for that.</summary>
    private const int BulkBytes = 2048;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty && below.Input.Ahead > 0)
        {
            return 0;
        }

        var count = await tls.ReadAsync(buffer, cancellationToken);
        while (count > 0 && below.Input.Ahead > BulkBytes && below.Input.Ahead - OverheadBytes <= buffer.Length - count)
        {
            // Zero is the end, which the next read meets again.
            count += await tls.ReadAsync(buffer[count..], cancellationToken);
        }

        return count;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.Length <= RecordBytes ? tls.WriteAsync(buffer, cancellationToken) : WriteRecordsAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => tls.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await tls.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            tls.Dispose();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteRecordsAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var piece = buffer[..Math.Min(buffer.Length, HeldBytes)];
            buffer = buffer[piece.Length..];
            below.Output.Hold();
            try
            {
                await tls.WriteAsync(piece, cancellationToken);
            }
            finally
            {
                await below.Output.ReleaseAsync(cancellationToken);
            }
        }
    }
}
