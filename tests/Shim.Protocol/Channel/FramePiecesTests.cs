using System.Buffers;
using System.Text;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Shim.Protocol.Tests.Channel;

/// <summary>Frames in a pipe into which others write as well: cut by one side, told from text by the other.</summary>
public sealed class FramePiecesTests
{
    private const int Rounds = 300;

    [Fact]
    public void Small_frames_go_together_as_far_as_a_pipe_takes_them_in_one_piece()
    {
        byte[] frame = Frames.Of(FrameType.Data, 1, new byte[1000], Lane.Stdout);
        byte[][] frames = [Preamble.Bytes.ToArray(), .. Enumerable.Repeat(frame, 6)];

        var pieces = Cut([.. frames.SelectMany(f => f)]);

        Assert.Equal([Preamble.Bytes.Length, 4 * frame.Length, 2 * frame.Length], pieces.Select(p => p.Length));
        Assert.Equal(frames.SelectMany(f => f), pieces.SelectMany(p => p));
    }

    [Fact]
    public void A_large_data_frame_becomes_several()
    {
        var payload = RandomBytes(new Random(1), ChannelLimits.MaxData);

        var pieces = Cut(Frames.Of(FrameType.Data, 7, payload, Lane.Stderr));

        Assert.All(pieces, piece => Assert.InRange(piece.Length, FrameHeader.Size + 1, FramePieces.MaxSize));
        Assert.All(pieces, piece => Assert.Equal(new FrameHeader(FrameType.Data, Lane.Stderr, 7, piece.Length - FrameHeader.Size), FrameHeader.Parse(piece)));
        Assert.Equal(payload, pieces.SelectMany(piece => piece[FrameHeader.Size..]));
    }

    [Fact]
    public void A_large_closing_message_is_left_whole()
    {
        byte[] closed = Frames.Of(FrameType.Closed, 1, new byte[10_000]);
        byte[] end = Frames.Of(FrameType.End, 2);

        Assert.Equal([end, closed, end], Cut([.. end, .. closed, .. end]));
    }

    [Fact]
    public void Whatever_text_stands_between_pieces_each_byte_finds_its_way()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var frames = Enumerable.Range(0, random.Next(1, 8)).Select(_ => RandomFrame(random)).ToArray();
            var said = new StringBuilder();
            var wire = new List<byte>();
            foreach (var piece in Cut([.. frames.SelectMany(f => f)]))
            {
                var text = random.Next(3) == 0 ? $"slurmstepd: error: {random.Next()}\n" : "";
                said.Append(text);
                wire.AddRange(Encoding.UTF8.GetBytes(text));
                wire.AddRange(piece);
            }

            var (heard, received) = Read(Frames.Cut([.. wire], random.Next(wire.Count), random.Next(wire.Count)));

            Assert.True(said.ToString() == heard, $"seed {seed}: {heard}");
            Assert.True(Join(frames).SequenceEqual(received), $"seed {seed}");
        }
    }

    private static byte[] RandomFrame(Random random) => random.Next(3) switch
    {
        0 => Frames.Of(FrameType.Credit, 3, [0, 1, 2, 3], Lane.Stdin),
        1 => Frames.Of(FrameType.Data, 5, RandomBytes(random, random.Next(1, 200)), Lane.Stdout),
        _ => Frames.Of(FrameType.Data, 5, RandomBytes(random, random.Next(1, ChannelLimits.MaxData)), Lane.Stdout),
    };

    private static byte[] RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static List<byte[]> Cut(byte[] frames)
    {
        var cut = new List<byte[]>();
        var pieces = new FramePieces(frames, new byte[FramePieces.MaxSize]);
        while (pieces.TryNext(out var piece))
        {
            cut.Add(piece.ToArray());
        }

        return cut;
    }

    /// <summary>The types of all frames but data, and the bytes of data: what must not depend on where frames end.</summary>
    private static byte[] Join(IEnumerable<byte[]> frames) =>
        [.. frames.SelectMany(f => FrameHeader.Parse(f) is { Type: FrameType.Data } ? f[FrameHeader.Size..] : f)];

    private static (string Text, byte[] Frames) Read(ReadOnlySequence<byte> wire)
    {
        var (text, frames) = (new StringBuilder(), new List<byte[]>());
        while (!wire.IsEmpty)
        {
            if (Interjection.TryTake(ref wire, out var words))
            {
                text.Append(Encoding.UTF8.GetString(words));
            }

            if (FrameParser.TryRead(ref wire, out var frame))
            {
                frames.Add(Frames.Of(frame.Header.Type, frame.Header.Session, frame.Payload.ToArray(), frame.Header.Lane));
            }
        }

        return (text.ToString(), Join(frames));
    }
}
