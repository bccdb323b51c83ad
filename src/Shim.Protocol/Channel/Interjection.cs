using System.Buffers;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>
/// What others write between the frames of a peer. Slurm's slurmstepd writes its messages to the stderr of the step it runs, whatever that carries.
/// The first byte of a frame, the highest of its length, is always zero, and no text has one.
/// </summary>
public static class Interjection
{
    /// <summary>Takes the text off the front of <paramref name="buffer"/>, up to the next frame or as far as it has come; false where a frame begins.</summary>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> text)
    {
        text = buffer.PositionOf((byte)0) is { } frame ? buffer.Slice(0, frame) : buffer;
        buffer = buffer.Slice(text.End);
        return !text.IsEmpty;
    }
}
