using System.Buffers;

namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>What a long-lived inflater reads from: the blocks given to it so far. Its end of file only means "not yet".</summary>
internal sealed class BlockFeed : Stream
{
    private ReadOnlySequence<byte> _rest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Gives the next bytes, valid until the next call; those before must have been read.</summary>
    public void Give(in ReadOnlySequence<byte> bytes) => _rest = bytes;

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, _rest.Length);
        _rest.Slice(0, count).CopyTo(buffer);
        _rest = _rest.Slice(count);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
