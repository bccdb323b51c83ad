using System.Buffers.Binary;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>Data frames of one stream, twice as long as Go writes them: fewer of them, and every peer takes any length.</summary>
internal sealed class SpdyDataFormat : IFrameFormat
{
    /// <summary>With it a frame in a tunnel is one WebSocket message.</summary>
    private const int TunnelHeadRoom = 16;

    private readonly uint _streamId;

    public SpdyDataFormat(uint streamId)
    {
        _streamId = streamId;
        var end = new byte[SpdyFrameReader.HeaderBytes];
        Header(end, 0x01, 0);
        End = end;
    }

    public int HeadRoom => SpdyFrameReader.HeaderBytes;

    public int PayloadBytes => (64 * 1024) - TunnelHeadRoom - SpdyFrameReader.HeaderBytes;

    public ReadOnlyMemory<byte> End { get; }

    public int BufferBytes(int payloadBytes) => HeadRoom + payloadBytes;

    public ReadOnlyMemory<byte> Frame(byte[] buffer, int payloadBytes)
    {
        Header(buffer, 0, payloadBytes);
        return buffer.AsMemory(0, HeadRoom + payloadBytes);
    }

    private void Header(Span<byte> destination, uint flags, int length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, _streamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], (flags << 24) | (uint)length);
    }
}
