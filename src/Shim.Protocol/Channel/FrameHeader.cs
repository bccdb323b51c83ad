using System.Buffers.Binary;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>
/// The ten bytes before each payload: its length (32 bits, big endian), type, lane, session (32 bits, big endian).
/// Session 0 is the channel itself; lanes other than 0 stand in data, end and credit frames only.
/// </summary>
/// <param name="Type">What the frame carries.</param>
/// <param name="Lane">Which lane, where the type has one.</param>
/// <param name="Session">Which session.</param>
/// <param name="Length">Bytes of the payload.</param>
public readonly record struct FrameHeader(FrameType Type, Lane Lane, uint Session, int Length)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 10;

    /// <summary>Reads a header.</summary>
    /// <exception cref="ChannelProtocolException">It is none.</exception>
    public static FrameHeader Parse(ReadOnlySpan<byte> bytes)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var type = (FrameType)bytes[4];
        var lane = (Lane)bytes[5];
        var session = BinaryPrimitives.ReadUInt32BigEndian(bytes[6..]);
        if (!HasValidLength(type, length))
        {
            throw new ChannelProtocolException($"a frame of type {(byte)type} and {length} bytes");
        }

        if (lane > Lane.Stderr || (lane != Lane.Stdin && type is not (FrameType.Data or FrameType.End or FrameType.Credit)))
        {
            throw new ChannelProtocolException($"a frame of type {type} on lane {(byte)lane}");
        }

        if ((session == 0) != (type is FrameType.Greeting or FrameType.Switch))
        {
            throw new ChannelProtocolException($"a frame of type {type} in session {session}");
        }

        return new(type, lane, session, (int)length);
    }

    /// <summary>Writes the header into <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Length);
        bytes[4] = (byte)Type;
        bytes[5] = (byte)Lane;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[6..], Session);
    }

    private static bool HasValidLength(FrameType type, uint length) => type switch
    {
        FrameType.Data => length is > 0 and <= ChannelLimits.MaxData,
        FrameType.Credit or FrameType.Resize => length == 4,
        FrameType.End or FrameType.Cancel or FrameType.Opened or FrameType.Switch => length == 0,
        FrameType.Greeting or FrameType.Closed => length <= ChannelLimits.MaxText,
        FrameType.Exec or FrameType.Attach or FrameType.Connect => length <= ChannelLimits.MaxOpening,
        _ => false,
    };
}
