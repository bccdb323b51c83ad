using System.Buffers;
using System.Buffers.Binary;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>Reads the headers of RFC 6455 frames; the payload follows in the input. No extensions, as none is ever negotiated.</summary>
internal static class WebSocketFrameReader
{
    /// <summary>Longest payload of a control frame.</summary>
    public const int MaxControlBytes = 125;

    private const int MaxHeaderBytes = 14;
    private const int Length16 = 126;
    private const int Length64 = 127;

    /// <summary>Takes one header from the front of <paramref name="input"/>, or leaves it alone and returns false; throws <see cref="ProtocolException"/>.</summary>
    public static bool TryReadHeader(ref ReadOnlySequence<byte> input, out WebSocketFrameHeader header)
    {
        header = default;
        Span<byte> bytes = stackalloc byte[MaxHeaderBytes];
        var available = (int)Math.Min(input.Length, MaxHeaderBytes);
        input.Slice(0, available).CopyTo(bytes);
        if (available < 2)
        {
            return false;
        }

        Check(bytes[0], bytes[1]);
        var shortLength = bytes[1] & 0x7F;
        var lengthBytes = shortLength switch { Length16 => 2, Length64 => 8, _ => 0 };
        var isMasked = (bytes[1] & 0x80) != 0;
        var size = 2 + lengthBytes + (isMasked ? sizeof(uint) : 0);
        if (available < size)
        {
            return false;
        }

        var length = shortLength switch
        {
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            Length64 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => shortLength,
        };
        if (length < 0)
        {
            throw Error("A WebSocket frame has a negative length.");
        }

        uint? mask = isMasked ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(2 + lengthBytes)..]) : null;
        header = new WebSocketFrameHeader((WebSocketOpcode)(bytes[0] & 0x0F), (bytes[0] & 0x80) != 0, length, mask);
        input = input.Slice(size);
        return true;
    }

    private static void Check(byte first, byte second)
    {
        var opcode = (WebSocketOpcode)(first & 0x0F);
        if (!Enum.IsDefined(opcode) || (first & 0x70) != 0)
        {
            throw Error($"A WebSocket frame starts with an unknown {first:X2}.");
        }

        if (opcode >= WebSocketOpcode.Close && ((first & 0x80) == 0 || (second & 0x7F) > MaxControlBytes))
        {
            throw Error("A WebSocket control frame is fragmented or too long.");
        }
    }

    private static ProtocolException Error(string message) => new(message, WebSocketCloseCode.ProtocolError);
}
