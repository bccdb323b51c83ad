using System.Buffers;
using System.IO.Compression;
using VirtualKubelet.Kubelet.Streaming.Spdy;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Spdy;

public class HeaderInflaterTests
{
    private const int BlockOffset = 18;

    [Fact]
    public void The_dictionary_is_that_of_SPDY_3()
    {
        Assert.Equal(1423, SpdyDictionary.Bytes.Length);
        var (a, b) = (1u, 0u);
        foreach (var octet in SpdyDictionary.Bytes.Span)
        {
            a = (a + octet) % 65521;
            b = (b + a) % 65521;
        }

        Assert.Equal(SpdyDictionary.Adler32, (b << 16) | a);
    }

    [Fact]
    [Trait("Item", "S1")]
    public void Twenty_header_blocks_of_a_Go_client_are_read_with_one_inflater()
    {
        using var inflater = new HeaderInflater();
        Assert.Equal(GoFrames.Headers, GoFrames.Frames.Select(frame => inflater.Read(Sequence(frame[BlockOffset..]))));
    }

    [Fact]
    public void A_stream_without_the_dictionary_is_read_too()
    {
        using var inflater = new HeaderInflater();
        byte[] block = [0x78, 0x01, .. SpdyBytes.Block(isFirst: false, ("streamtype", "error"))];
        Assert.Equal("error", inflater.Read(Sequence(block))["streamtype"]);
        Assert.Equal("stdin", inflater.Read(Sequence(SpdyBytes.Block(isFirst: false, ("streamtype", "stdin"))))["streamtype"]);
    }

    [Fact]
    [Trait("Item", "S3")]
    public void The_blocks_we_send_are_one_zlib_stream_with_a_flush_after_each()
    {
        var blocks = new EmptyHeaderBlocks();
        using var all = new MemoryStream();
        for (var i = 0; i < 3; i++)
        {
            var block = blocks.Next();
            Assert.True(block.EndsWith((ReadOnlySpan<byte>)[0, 0, 0xFF, 0xFF]));
            all.Write(block);
        }

        all.Position = 0;
        using var zlib = new ZLibStream(all, CompressionMode.Decompress);
        var plain = new byte[12];
        zlib.ReadExactly(plain);
        Assert.All(plain, octet => Assert.Equal(0, octet));
    }

    [Theory]
    [Trait("Item", "S10")]
    [InlineData("StreamType")]
    [InlineData("")]
    [InlineData("host")]
    [InlineData("connection")]
    public void A_header_name_that_may_not_be_breaks_the_connection(string name)
    {
        using var inflater = new HeaderInflater();
        Assert.Throws<ProtocolException>(() => inflater.Read(Sequence(SpdyBytes.Block(isFirst: true, (name, "x")))));
    }

    [Fact]
    [Trait("Item", "S10")]
    public void A_header_given_twice_breaks_the_connection()
    {
        using var inflater = new HeaderInflater();
        Assert.Throws<ProtocolException>(() => inflater.Read(Sequence(SpdyBytes.Block(isFirst: true, ("a", "x"), ("a", "y")))));
    }

    [Theory]
    [Trait("Item", "S10")]
    [InlineData("0000000100000002")]
    [InlineData("00000001FFFFFFFF61")]
    [InlineData("000003E9")]
    [InlineData("FFFFFFFF")]
    [InlineData("000000000000000000")]
    public void A_block_whose_numbers_lie_breaks_the_connection(string plain)
    {
        using var inflater = new HeaderInflater();
        Assert.Throws<ProtocolException>(() => inflater.Read(Sequence(SpdyBytes.Stored(isFirst: true, Convert.FromHexString(plain)))));
    }

    [Fact]
    [Trait("Item", "S10")]
    public void A_small_block_that_inflates_to_very_much_breaks_the_connection_without_being_held()
    {
        using var inflater = new HeaderInflater();
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write([0, 0, 0, 1, 0, 0, 0, 1, (byte)'a', 0x03, 0, 0, 0]);
            zlib.Write(new byte[0x0300_0000]);
        }

        var block = compressed.ToArray();
        Assert.InRange(block.Length, 1, SpdyFrameReader.MaxControlBytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ProtocolException>(() => inflater.Read(Sequence(block)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("")]
    [InlineData("78")]
    [InlineData("78F9")]
    [InlineData("78F9E3C6A7")]
    [InlineData("78F9E3C6A7C3")]
    [InlineData("79F9E3C6A7C2")]
    [InlineData("78F8E3C6A7C2")]
    [InlineData("78F9E3C6A7C2FF")]
    [InlineData("78F9E3C6A7C203")]
    public void A_block_that_is_not_compressed_as_it_should_be_breaks_the_connection(string block)
    {
        using var inflater = new HeaderInflater();
        Assert.Throws<ProtocolException>(() => inflater.Read(Sequence(Convert.FromHexString(block))));
    }

    private static ReadOnlySequence<byte> Sequence(byte[] bytes) => new(bytes);
}
