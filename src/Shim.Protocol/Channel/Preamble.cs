using System.Buffers;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>
/// The bytes before the first frame. slurmstepd and a site's task prolog may write into the streams of our step, so that the reader looks for
/// them and passes over a bounded amount of anything else.
/// </summary>
public static class Preamble
{
    /// <summary>The bytes: no text that anybody prints.</summary>
    public static ReadOnlySpan<byte> Bytes => "\0\u0001vk-channel\u0002\0"u8;

    /// <summary>Takes everything up to and with the preamble off the front of <paramref name="buffer"/>; false when it has not come yet.</summary>
    /// <param name="buffer">What has come.</param>
    /// <param name="noise">What stood before it.</param>
    /// <exception cref="ChannelProtocolException">It does not come within <see cref="ChannelLimits.MaxNoise"/> bytes.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> noise)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (reader.TryReadTo(out noise, Bytes) && noise.Length <= ChannelLimits.MaxNoise)
        {
            buffer = buffer.Slice(reader.Position);
            return true;
        }

        return buffer.Length <= ChannelLimits.MaxNoise + Bytes.Length
            ? false
            : throw new ChannelProtocolException($"the peer printed more than {ChannelLimits.MaxNoise} bytes and no preamble");
    }
}
