using System.Buffers;
using System.Text;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Shim.Protocol.Tests.Channel;

/// <summary>Makes frames, good and bad, and byte sequences cut into pieces.</summary>
internal static class Frames
{
    public const string Greeting = """{"version":1,"program":"test"}""";

    public static byte[] Of(FrameType type, uint session, string payload = "", Lane lane = Lane.Stdin) => Of(type, session, Encoding.UTF8.GetBytes(payload), lane);

    public static byte[] Of(FrameType type, uint session, byte[] payload, Lane lane = Lane.Stdin)
    {
        var frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(type, lane, session, payload.Length).Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        return frame;
    }

    public static byte[] Begin(params byte[][] frames) => [.. Preamble.Bytes, .. Of(FrameType.Greeting, 0, Greeting), .. frames.SelectMany(f => f)];

    /// <summary>The same bytes in segments that end at the given places.</summary>
    public static ReadOnlySequence<byte> Cut(byte[] bytes, params int[] ends)
    {
        Piece? first = null, last = null;
        var start = 0;
        foreach (var end in ends.Where(e => e > 0 && e < bytes.Length).Order().Append(bytes.Length))
        {
            last = last is null ? first = new Piece(bytes.AsMemory(start, end - start)) : last.Then(bytes.AsMemory(start, end - start));
            start = end;
        }

        return new(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
