using System.Buffers;
using System.Buffers.Binary;

namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>Writes SPDY/3 control frames.</summary>
internal static class SpdyFrameWriter
{
    private const uint ControlVersion3 = 0x8003_0000;
    private const int SynStreamBytes = 10;

    public static void RstStream(IBufferWriter<byte> output, uint streamId, SpdyStatus status) =>
        TwoWords(output, SpdyFrameType.RstStream, streamId, (uint)status);

    public static void GoAway(IBufferWriter<byte> output, uint lastStreamId, uint status) =>
        TwoWords(output, SpdyFrameType.GoAway, lastStreamId, status);

    public static void Ping(IBufferWriter<byte> output, uint id)
    {
        Header(output, SpdyFrameType.Ping, 4);
        Word(output, id);
    }

    /// <summary>Opens a stream of priority 0; <paramref name="block"/> is its header block, compressed.</summary>
    public static void SynStream(IBufferWriter<byte> output, uint streamId, ReadOnlySpan<byte> block)
    {
        Header(output, SpdyFrameType.SynStream, SynStreamBytes + block.Length);
        Word(output, streamId);
        Word(output, 0);
        output.Write("\0\0"u8);
        output.Write(block);
    }

    /// <summary>A reply without headers; <paramref name="block"/> is the empty header block, compressed.</summary>
    public static void SynReply(IBufferWriter<byte> output, uint streamId, ReadOnlySpan<byte> block)
    {
        Header(output, SpdyFrameType.SynReply, 4 + block.Length);
        Word(output, streamId);
        output.Write(block);
    }

    private static void TwoWords(IBufferWriter<byte> output, SpdyFrameType type, uint first, uint second)
    {
        Header(output, type, 8);
        Word(output, first);
        Word(output, second);
    }

    private static void Header(IBufferWriter<byte> output, SpdyFrameType type, int length)
    {
        Word(output, ControlVersion3 | (uint)type);
        Word(output, (uint)length);
    }

    private static void Word(IBufferWriter<byte> output, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(sizeof(uint)), value);
        output.Advance(sizeof(uint));
    }
}
