using System.Buffers;
using System.IO.Pipelines;

namespace VirtualKubelet.Kubelet.Streaming.Tls;

/// <summary>Takes what an <see cref="System.Net.Security.SslStream"/> sends, which flushes record by record, and sends the records of one write at once.</summary>
/// <param name="inner">Where it goes.</param>
public sealed class TlsRecordWriter(PipeWriter inner) : PipeWriter
{
    private bool _isHeld;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <summary>Flushes nothing until <see cref="ReleaseAsync"/>: to be called around one write, by who writes.</summary>
    public void Hold() => _isHeld = true;

    /// <summary>Flushes what was held.</summary>
    public ValueTask<FlushResult> ReleaseAsync(CancellationToken cancellationToken)
    {
        _isHeld = false;
        return inner.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (!_isHeld)
        {
            return inner.WriteAsync(source, cancellationToken);
        }

        inner.Write(source.Span);
        return default;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _isHeld ? default : inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Advance(int bytes) => inner.Advance(bytes);

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
}
