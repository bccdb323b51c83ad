using System.Buffers;

namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>One frame as received.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="StreamId">The stream of a data frame and of those control frames that name one, otherwise 0.</param>
/// <param name="Length">Payload bytes.</param>
/// <param name="Payload">The payload of a control frame. That of a data frame follows in the input: it may be too long to be held.</param>
internal readonly record struct SpdyFrame(SpdyFrameType Type, byte Flags, uint StreamId, int Length, ReadOnlySequence<byte> Payload)
{
    private const byte Fin = 0x01;

    /// <summary>Whether the sender half-closes the stream with this frame.</summary>
    public bool IsFin => (Flags & Fin) != 0;
}
