using System.Buffers;
using System.Text;
using System.Text.Json;
using VirtualKubelet.Kubelet.Streaming.PortForward;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Kubelet.Streaming.Spdy;
using VirtualKubelet.Kubelet.Streaming.Tests.Spdy;
using VirtualKubelet.Kubelet.Streaming.Tests.Support;
using VirtualKubelet.Kubelet.Streaming.Transport;
using VirtualKubelet.Kubelet.Streaming.WebSockets;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Fuzz;

/// <summary>Parsers take any bytes: they read them, wait for more, or throw what their callers expect, and hold next to nothing meanwhile.</summary>
public class ParserFuzzTests
{
    private const long MaxBytesPerInput = 1 << 20;

    [Fact]
    public void SPDY_frames() => Run(share: 1, (random, bytes) =>
    {
        var input = Cut(random, bytes.Length > 0 ? bytes : Mutation.Apply(random, GoFrames.Frames[random.Next(20)]));
        while (SpdyFrameReader.TryRead(ref input, out var frame))
        {
            input = input.Slice(frame.Type == SpdyFrameType.Data ? Math.Min(frame.Length, input.Length) : 0);
        }
    });

    [Fact]
    public void SPDY_header_blocks() => Run(share: 0.5, (random, bytes) =>
    {
        using var inflater = new HeaderInflater();
        for (var i = 0; i < 4; i++)
        {
            var block = GoFrames.Frames[i][18..];
            inflater.Read(Cut(random, random.Next(3) > 0 ? block : bytes.Length > 0 ? bytes : Mutation.Apply(random, block)));
        }
    });

    [Fact]
    public void SPDY_header_texts() => Run(share: 0.5, (random, bytes) =>
    {
        using var inflater = new HeaderInflater();
        byte[] plain = [0, 0, 0, 2, 0, 0, 0, 10, .. "streamtype"u8, 0, 0, 0, 4, .. "data"u8, 0, 0, 0, 4, .. "port"u8, 0, 0, 0, 2, .. "80"u8];
        inflater.Read(Cut(random, SpdyBytes.Stored(isFirst: true, bytes.Length > 0 ? bytes : Mutation.Apply(random, plain))));
    });

    [Fact]
    public void WebSocket_headers() => Run(share: 1, (random, bytes) =>
    {
        byte[] frame = bytes.Length > 0 ? bytes : Mutation.Apply(random, WsBytes.Frame(0x82, new byte[random.Next(300)]));
        var input = Cut(random, frame);
        while (WebSocketFrameReader.TryReadHeader(ref input, out var header))
        {
            Assert.InRange(header.Length, 0, long.MaxValue);
            input = input.Slice(Math.Min(header.Length, input.Length));
        }
    });

    [Fact]
    public void Terminal_sizes() => Run(share: 1, (random, bytes) =>
    {
        var valid = Encoding.UTF8.GetBytes($"{{\"Width\":{random.Next(70000)},\"Height\":{random.Next(200)}}}\n{{\"width\":1}}");
        var input = Cut(random, bytes.Length > 0 ? bytes : Mutation.Apply(random, valid));
        while (ResizeReader.TryRead(ref input, out _))
        {
        }
    });

    [Fact]
    public void Base64_in_pieces() => Run(share: 1, (random, bytes) =>
    {
        var decoder = new Base64Decoder();
        var output = new ArrayBufferWriter<byte>();
        var valid = Encoding.ASCII.GetBytes(Convert.ToBase64String(Mutation.Noise(random, random.Next(50))));
        decoder.Decode(Cut(random, bytes.Length > 0 ? bytes : Mutation.Apply(random, valid)), output);
        decoder.End();
    });

    [Fact]
    public void Ports() => Run(share: 1, (random, bytes) =>
    {
        var text = Encoding.UTF8.GetString(bytes.Length > 0 ? bytes : Mutation.Apply(random, "80,443,65535"u8.ToArray()));
        if (ForwardedPorts.TryParse([text], out var ports, out _))
        {
            Assert.All(ports, port => Assert.InRange(port, 1, 65535));
        }
    });

    private static ReadOnlySequence<byte> Cut(Random random, byte[] bytes)
    {
        var cut = random.Next(bytes.Length + 1);
        return Pieces.Join(bytes[..cut], bytes[cut..]);
    }

    /// <summary>Hands each try either noise or nothing, which means: mutate something valid.</summary>
    private static void Run(double share, Action<Random, byte[]> tryOne)
    {
        for (var i = 0; i < FuzzBudget.Count(share); i++)
        {
            var random = new Random(FuzzBudget.Seed + i);
            var bytes = random.Next(4) == 0 ? Mutation.Noise(random, random.Next(64)) : [];
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                tryOne(random, bytes);
            }
            catch (Exception e) when (e is ProtocolException or JsonException)
            {
                // What the callers of these parsers take for a broken peer.
            }
            catch (Exception e)
            {
                Assert.Fail($"VK_FUZZ_SEED={FuzzBudget.Seed + i}: {e}");
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxBytesPerInput);
        }
    }
}
