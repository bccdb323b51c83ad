using System.Buffers.Binary;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>Writes RFC 6455 frames, each a whole message.</summary>
/// <param name="isClient">Whether payloads are masked, as a client's must be.</param>
internal sealed class WebSocketFrameWriter(bool isClient)
{
    /// <summary>Most bytes a header takes.</summary>
    public const int MaxHeaderBytes = 14;

    private const byte Final = 0x80;

    /// <summary>Completes the frame in place: the payload stands at <see cref="MaxHeaderBytes"/>, the header is put right in front of it.</summary>
    public ReadOnlyMemory<byte> Frame(byte[] buffer, int payloadBytes, WebSocketOpcode opcode)
    {
        var lengthBytes = payloadBytes switch { < 126 => 0, <= ushort.MaxValue => 2, _ => 8 };
        var size = 2 + lengthBytes + (isClient ? sizeof(uint) : 0);
        var start = MaxHeaderBytes - size;
        var header = buffer.AsSpan(start, size);
        header[0] = (byte)(Final | (int)opcode);
        header[1] = (byte)((isClient ? 0x80 : 0) | lengthBytes switch { 0 => payloadBytes, 2 => 126, _ => 127 });
        if (lengthBytes == 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payloadBytes);
        }
        else if (lengthBytes == 8)
        {
            BinaryPrimitives.WriteInt64BigEndian(header[2..], payloadBytes);
        }

        if (isClient)
        {
            var mask = unchecked((uint)Random.Shared.Next());
            BinaryPrimitives.WriteUInt32LittleEndian(header[(2 + lengthBytes)..], mask);
            WebSocketMask.Apply(buffer.AsSpan(MaxHeaderBytes, payloadBytes), mask);
        }

        return buffer.AsMemory(start, size + payloadBytes);
    }

    /// <summary>A frame of its own.</summary>
    public ReadOnlyMemory<byte> Frame(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        var buffer = new byte[MaxHeaderBytes + payload.Length];
        payload.CopyTo(buffer.AsSpan(MaxHeaderBytes));
        return Frame(buffer, payload.Length, opcode);
    }

    /// <summary>A close frame with a code.</summary>
    public ReadOnlyMemory<byte> Close(int code) => Frame(WebSocketOpcode.Close, [(byte)(code >> 8), (byte)code]);
}
