using System.Buffers.Binary;
using System.Text;

namespace VirtualKubelet.Testing.Streaming;

/// <summary>Hand-built frames of a client. Header blocks are deflated as stored blocks behind a zlib header that names the dictionary, each ending in a sync flush.</summary>
public static class SpdyBytes
{
    public static byte[] Control(int type, byte flags, params byte[] payload) =>
        [0x80, 3, 0, (byte)type, flags, (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];

    public static byte[] Data(uint streamId, ReadOnlySpan<byte> payload, bool isFin = false) =>
        [.. Word(streamId), (byte)(isFin ? 1 : 0), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];

    public static byte[] SynStream(uint streamId, byte[] block, byte flags = 0) => Control(1, flags, [.. Word(streamId), .. Word(0), 0, 0, .. block]);

    public static byte[] RstStream(uint streamId, uint status = 5) => Control(3, 0, [.. Word(streamId), .. Word(status)]);

    public static byte[] Ping(uint id) => Control(6, 0, Word(id));

    public static byte[] GoAway(uint lastStreamId) => Control(7, 0, [.. Word(lastStreamId), .. Word(0)]);

    /// <summary>The block of these headers; the first one of a connection starts the zlib stream.</summary>
    public static byte[] Block(bool isFirst, params (string Name, string Value)[] headers)
    {
        var plain = Word((uint)headers.Length).ToList();
        foreach (var text in headers.SelectMany(h => new[] { h.Name, h.Value }))
        {
            plain.AddRange(Word((uint)Encoding.UTF8.GetByteCount(text)));
            plain.AddRange(Encoding.UTF8.GetBytes(text));
        }

        return Stored(isFirst, [.. plain]);
    }

    public static byte[] Stored(bool isFirst, byte[] plain)
    {
        byte[] start = isFirst ? [0x78, 0xF9, 0xE3, 0xC6, 0xA7, 0xC2] : [];
        return
        [
            .. start,
            .. plain.Chunk(ushort.MaxValue).SelectMany(chunk => (byte[])
            [
                0, (byte)chunk.Length, (byte)(chunk.Length >> 8), (byte)~chunk.Length, (byte)(~chunk.Length >> 8), .. chunk,
            ]),
            0, 0, 0, 0xFF, 0xFF,
        ];
    }

    public static byte[] Word(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
