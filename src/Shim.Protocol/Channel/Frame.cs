using System.Buffers;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>One frame; the payload is valid only as long as the buffer it was read from.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Payload">Its payload.</param>
public readonly record struct Frame(FrameHeader Header, ReadOnlySequence<byte> Payload)
{
    /// <summary>The number of a <see cref="FrameType.Credit"/> frame, or width and height of a <see cref="FrameType.Resize"/> frame.</summary>
    public uint ReadNumber()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Payload.CopyTo(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}
