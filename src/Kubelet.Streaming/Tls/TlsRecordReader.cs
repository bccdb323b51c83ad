using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace VirtualKubelet.Kubelet.Streaming.Tls;

/// <summary>
/// Gives an <see cref="System.Net.Security.SslStream"/> the bytes of one TLS record at a time (RFC 8446, section 5.1), and knows whether the next one has arrived. An SslStream that
/// gets more than it decrypts moves the rest to the front of its buffer, once a record, which is one more copy of everything.
/// </summary>
/// <param name="inner">What arrives.</param>
public sealed class TlsRecordReader(PipeReader inner) : PipeReader
{
    /// <summary>Type, version, and the length of what follows.</summary>
    private const int HeaderBytes = 5;

    private ReadOnlySequence<byte> _arrived;
    private long _left;

    /// <summary>Length of the next record in bytes, its header included, if none is under way and all of the next one has arrived; otherwise 0.</summary>
    public int Ahead { get; private set; }

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await inner.ReadAsync(cancellationToken);
            if (TryLimit(read, out var limited))
            {
                return limited;
            }

            inner.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out var read))
        {
            result = default;
            return false;
        }

        if (TryLimit(read, out result))
        {
            return true;
        }

        inner.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return false;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _left = Math.Max(0, _left - _arrived.Slice(0, consumed).Length);
        var rest = _arrived.Slice(consumed);
        Ahead = _left == 0 && TryReadLength(rest, out var length) && rest.Length >= length ? length : 0;
        _arrived = default;
        inner.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    /// <summary>Cuts what was read at the end of the record; false while it cannot be known.</summary>
    private bool TryLimit(in ReadResult read, out ReadResult limited)
    {
        (limited, Ahead) = (read, 0);
        _arrived = read.Buffer;
        if (_left == 0)
        {
            if (!TryReadLength(_arrived, out var length))
            {
                return read.IsCompleted || read.IsCanceled;
            }

            _left = length;
        }

        if (_left < _arrived.Length)
        {
            limited = new ReadResult(_arrived.Slice(0, _left), read.IsCanceled, isCompleted: false);
        }

        return true;
    }

    private static bool TryReadLength(in ReadOnlySequence<byte> record, out int length)
    {
        length = 0;
        if (record.Length < HeaderBytes)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        record.Slice(0, HeaderBytes).CopyTo(header);
        length = HeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
        return true;
    }
}
