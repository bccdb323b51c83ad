using System.Buffers;
using System.Buffers.Binary;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>Reads SPDY/3 frames: a whole control frame or nothing, a whole data frame header or nothing.</summary>
internal static class SpdyFrameReader
{
    /// <summary>Bytes in front of every payload.</summary>
    public const int HeaderBytes = 8;

    /// <summary>Longest control frame we take. Kubernetes' are below 100 bytes; the protocol would allow 16 MiB.</summary>
    public const int MaxControlBytes = 64 * 1024;

    private const ushort Version = 3;
    private const uint StreamIdMask = 0x7FFF_FFFF;

    /// <summary>Takes one frame from the front of <paramref name="input"/>, or leaves it alone and returns false; throws <see cref="ProtocolException"/>.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> input, out SpdyFrame frame)
    {
        frame = default;
        if (input.Length < HeaderBytes)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        input.Slice(0, HeaderBytes).CopyTo(header);
        var first = BinaryPrimitives.ReadUInt32BigEndian(header);
        var second = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        var (flags, length) = ((byte)(second >> 24), (int)(second & 0xFF_FFFF));
        if ((first & ~StreamIdMask) == 0)
        {
            frame = new SpdyFrame(SpdyFrameType.Data, flags, RequireStream(first), length, default);
            input = input.Slice(HeaderBytes);
            return true;
        }

        if ((ushort)((first >> 16) & 0x7FFF) != Version)
        {
            throw new ProtocolException($"SPDY version {(first >> 16) & 0x7FFF} is not spoken here.");
        }

        var type = (SpdyFrameType)(ushort)first;
        Check(type, flags, length);
        if (input.Length < HeaderBytes + length)
        {
            return false;
        }

        var payload = input.Slice(HeaderBytes, length);
        frame = new SpdyFrame(type, flags, StreamOf(type, payload), length, payload);
        input = input.Slice(payload.End);
        return true;
    }

    /// <summary>A big-endian number of the payload.</summary>
    public static uint UInt32At(in ReadOnlySequence<byte> payload, int offset)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        payload.Slice(offset, sizeof(uint)).CopyTo(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private static void Check(SpdyFrameType type, byte flags, int length)
    {
        var (minimum, isExact) = type switch
        {
            SpdyFrameType.SynStream => (10, false),
            SpdyFrameType.SynReply => (4, false),
            SpdyFrameType.RstStream => (8, true),
            SpdyFrameType.Settings => (4, false),
            SpdyFrameType.Ping => (4, true),
            SpdyFrameType.GoAway => (8, true),
            SpdyFrameType.Headers => (4, false),
            SpdyFrameType.WindowUpdate => (8, true),
            _ => throw new ProtocolException($"SPDY control frame type {(ushort)type} is unknown."),
        };
        if (length > MaxControlBytes)
        {
            throw new ProtocolException($"A SPDY control frame of {length} bytes is longer than {MaxControlBytes}.");
        }

        if (length < minimum || (isExact && length != minimum) || (isExact && flags != 0))
        {
            throw new ProtocolException($"A SPDY {type} frame of {length} bytes with flags {flags} is malformed.");
        }
    }

    private static uint StreamOf(SpdyFrameType type, in ReadOnlySequence<byte> payload)
    {
        switch (type)
        {
            case SpdyFrameType.RstStream when UInt32At(payload, 4) == 0:
                throw new ProtocolException("A SPDY RST_STREAM frame has no status.");
            case SpdyFrameType.SynStream or SpdyFrameType.SynReply or SpdyFrameType.RstStream or SpdyFrameType.Headers:
                return RequireStream(UInt32At(payload, 0) & StreamIdMask);
            case SpdyFrameType.Ping when UInt32At(payload, 0) == 0:
                throw new ProtocolException("A SPDY PING frame has no id.");
            default:
                return 0;
        }
    }

    private static uint RequireStream(uint id) => id != 0 ? id : throw new ProtocolException("A SPDY frame names stream 0.");
}
