using System.Buffers;
using VirtualKubelet.Kubelet.Streaming.Spdy;
using VirtualKubelet.Kubelet.Streaming.Tests.Support;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Spdy;

public class SpdyFrameReaderTests
{
    [Fact]
    [Trait("Item", "S7")]
    public void A_control_frame_is_taken_whole_or_not_at_all_wherever_it_is_cut()
    {
        var frame = GoFrames.Frames[5];
        for (var cut = 0; cut <= frame.Length; cut++)
        {
            var part = new ReadOnlySequence<byte>(frame, 0, cut);
            Assert.Equal(cut == frame.Length, SpdyFrameReader.TryRead(ref part, out _));
            Assert.Equal(cut == frame.Length ? 0 : cut, part.Length);

            var cutInTwo = Pieces.Join(frame[..cut], frame[cut..]);
            Assert.True(SpdyFrameReader.TryRead(ref cutInTwo, out var read));
            Assert.Equal((SpdyFrameType.SynStream, 11u, 0x2D), (read.Type, read.StreamId, read.Length));
            Assert.Equal(frame[8..], read.Payload.ToArray());
        }
    }

    [Fact]
    public void Of_a_data_frame_only_the_header_is_taken_however_long_it_is()
    {
        var input = new ReadOnlySequence<byte>(Convert.FromHexString("0000000501FFFFFF68"));
        Assert.True(SpdyFrameReader.TryRead(ref input, out var frame));
        Assert.Equal((SpdyFrameType.Data, 5u, 0xFF_FFFF, true), (frame.Type, frame.StreamId, frame.Length, frame.IsFin));
        Assert.Equal(1, input.Length);
    }

    [Theory]
    [Trait("Item", "S10")]
    [InlineData("0000000000000000")] // data of stream 0
    [InlineData("8002000100000010")] // version 2
    [InlineData("8003000500000000")] // NOOP
    [InlineData("8003000A00000000")] // CREDENTIAL
    [InlineData("8003FFFF00000000")]
    [InlineData("8003000100010001")] // longer than we take
    [InlineData("8003000100FFFFFF")]
    [InlineData("8003000100000009")] // shorter than a SYN_STREAM
    [InlineData("800300010000000A00000000000000000000")] // stream 0
    [InlineData("80030003000000080000000100000000")] // RST_STREAM without status
    [InlineData("800300030000000700000001000000")]
    [InlineData("800300060000000400000000")] // PING 0
    [InlineData("800300060100000400000001")] // PING with flags
    [InlineData("800300070000000400000000")] // GOAWAY of SPDY/2
    [InlineData("800300090000000400000000")]
    public void A_malformed_frame_breaks_the_connection(string hex) =>
        Assert.Throws<ProtocolException>(() =>
        {
            var input = new ReadOnlySequence<byte>(Convert.FromHexString(hex));
            SpdyFrameReader.TryRead(ref input, out _);
        });
}
