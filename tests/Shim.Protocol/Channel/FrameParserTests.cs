using System.Buffers;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Shim.Protocol.Tests.Channel;

public sealed class FrameParserTests
{
    [Fact]
    public void A_frame_stands_on_the_wire_as_documented()
    {
        Assert.Equal([0, 0, 0, 3, 8, 2, 1, 2, 3, 4, (byte)'a', (byte)'b', (byte)'c'], Frames.Of(FrameType.Data, 0x01020304, "abc", Lane.Stderr));
    }

    [Fact]
    public void A_frame_is_taken_whole_or_not_at_all_however_it_is_cut()
    {
        var bytes = Frames.Of(FrameType.Data, 7, "payload", Lane.Stdout);
        for (var length = 0; length < bytes.Length; length++)
        {
            var part = new ReadOnlySequence<byte>(bytes[..length]);
            Assert.False(FrameParser.TryRead(ref part, out _));
            Assert.Equal(length, part.Length);
        }

        for (var end = 1; end < bytes.Length; end++)
        {
            var cut = Frames.Cut([.. bytes, .. bytes], end, end + 2, bytes.Length + end);
            Assert.True(FrameParser.TryRead(ref cut, out var frame));
            Assert.Equal(new FrameHeader(FrameType.Data, Lane.Stdout, 7, 7), frame.Header);
            Assert.Equal("payload"u8.ToArray(), frame.Payload.ToArray());
            Assert.True(FrameParser.TryRead(ref cut, out _));
            Assert.True(cut.IsEmpty);
        }
    }

    public static TheoryData<byte, byte, uint, uint> Bad => new()
    {
        { 0, 0, 1, 0 },
        { 13, 0, 1, 0 },
        { 255, 0, 1, 0 },
        { (byte)FrameType.Data, 0, 1, 0 },
        { (byte)FrameType.Data, 3, 1, 1 },
        { (byte)FrameType.Data, 0, 0, 1 },
        { (byte)FrameType.Data, 0, 1, ChannelLimits.MaxData + 1 },
        { (byte)FrameType.Data, 0, 1, uint.MaxValue },
        { (byte)FrameType.Data, 0, 1, 0x80000000 },
        { (byte)FrameType.Credit, 0, 1, 3 },
        { (byte)FrameType.Credit, 0, 1, 5 },
        { (byte)FrameType.Resize, 1, 1, 4 },
        { (byte)FrameType.End, 0, 1, 1 },
        { (byte)FrameType.Cancel, 0, 1, 1 },
        { (byte)FrameType.Greeting, 0, 1, 2 },
        { (byte)FrameType.Greeting, 0, 0, ChannelLimits.MaxText + 1 },
        { (byte)FrameType.Switch, 0, 1, 0 },
        { (byte)FrameType.Exec, 0, 0, 2 },
        { (byte)FrameType.Exec, 0, 1, ChannelLimits.MaxOpening + 1 },
        { (byte)FrameType.Closed, 0, 1, ChannelLimits.MaxText + 1 },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_header_is_refused_before_its_payload_comes(byte type, byte lane, uint session, uint length)
    {
        byte[] header = [(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, type, lane,
            (byte)(session >> 24), (byte)(session >> 16), (byte)(session >> 8), (byte)session];

        Assert.Throws<ChannelProtocolException>(() =>
        {
            var buffer = new ReadOnlySequence<byte>(header);
            FrameParser.TryRead(ref buffer, out _);
        });
    }

    [Fact]
    public void What_a_prolog_prints_is_passed_over_within_a_bound()
    {
        byte[] noise = [.. Enumerable.Repeat((byte)'x', 1000), .. Preamble.Bytes[..5], .. Preamble.Bytes, 1, 2, 3];
        for (var end = 1; end < noise.Length; end += 7)
        {
            var cut = Frames.Cut(noise, end);
            Assert.True(Preamble.TryRead(ref cut, out _));
            Assert.Equal([1, 2, 3], cut.ToArray());
        }

        var partial = new ReadOnlySequence<byte>(noise[..^5]);
        Assert.False(Preamble.TryRead(ref partial, out _));
        Assert.Throws<ChannelProtocolException>(() =>
        {
            var endless = new ReadOnlySequence<byte>(new byte[ChannelLimits.MaxNoise + 100]);
            Preamble.TryRead(ref endless, out _);
        });
    }
}
