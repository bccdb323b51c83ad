using System.Buffers;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>Finds frames in received bytes; holds nothing and copies nothing.</summary>
public static class FrameParser
{
    /// <summary>Takes one whole frame off the front of <paramref name="buffer"/>, or leaves it as it is and returns false when more bytes are needed.</summary>
    /// <exception cref="ChannelProtocolException">What comes is no frame, or one beyond its bounds; known from the header alone, before any of the payload.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out Frame frame)
    {
        frame = default;
        if (ReadHeader(buffer) is not { } header || buffer.Length - FrameHeader.Size < header.Length)
        {
            return false;
        }

        frame = new(header, buffer.Slice(FrameHeader.Size, header.Length));
        buffer = buffer.Slice(frame.Payload.End);
        return true;
    }

    /// <summary>How large the frame at the front of <paramref name="buffer"/> is, header included; 0 as long as its header has not come.</summary>
    /// <exception cref="ChannelProtocolException">What comes is no frame.</exception>
    public static long SizeOfFirst(in ReadOnlySequence<byte> buffer) => ReadHeader(buffer) is { } header ? FrameHeader.Size + header.Length : 0;

    private static FrameHeader? ReadHeader(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < FrameHeader.Size)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[FrameHeader.Size];
        buffer.Slice(0, FrameHeader.Size).CopyTo(bytes);
        return FrameHeader.Parse(bytes);
    }
}
