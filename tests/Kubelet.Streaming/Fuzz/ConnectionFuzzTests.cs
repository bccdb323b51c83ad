using System.IO.Pipelines;
using VirtualKubelet.Kubelet.Streaming.PortForward;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Kubelet.Streaming.Tests.Spdy;
using VirtualKubelet.Kubelet.Streaming.Tests.Support;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Fuzz;

/// <summary>Whole connections that are fed hostile input always end, and quietly.</summary>
public class ConnectionFuzzTests
{
    private static readonly StreamingOptions s_options = new()
    {
        LingerTimeout = TimeSpan.FromMilliseconds(1),
        StreamCreationTimeout = TimeSpan.FromSeconds(5),
        MaxStreams = 64,
        ReceiveBufferBytes = 4096,
    };

    [Fact(Timeout = FuzzBudget.Milliseconds)]
    public Task Remote_command_over_SPDY() => RunAsync(SpdyInput, async stream =>
    {
        try
        {
            await UseAsync(await RemoteCommandSession.OverSpdyAsync(
                stream, "v4.channel.k8s.io", new() { Stdin = true, Stdout = true, Tty = true }, s_options, TimeProvider.System, Deadline.Token()));
        }
        catch (StreamsNotOpenedException)
        {
            // Most inputs never get as far as a session.
        }
    });

    [Fact(Timeout = FuzzBudget.Milliseconds)]
    public Task Remote_command_over_WebSocket() => RunAsync(WebSocketInput, async stream =>
        await UseAsync(await RemoteCommandSession.OverWebSocketAsync(
            stream, "v5.channel.k8s.io", new() { Stdin = true, Stdout = true, Tty = true }, s_options, TimeProvider.System, Deadline.Token())));

    [Fact(Timeout = FuzzBudget.Milliseconds)]
    public Task Remote_command_over_WebSocket_in_base64() => RunAsync(WebSocketInput, async stream =>
        await UseAsync(await RemoteCommandSession.OverWebSocketAsync(
            stream, "v4.base64.channel.k8s.io", new() { Stdin = true, Stdout = true, Tty = true }, s_options, TimeProvider.System, Deadline.Token())));

    [Fact(Timeout = FuzzBudget.Milliseconds)]
    public Task Port_forward_over_SPDY() => RunAsync(SpdyInput, stream => Forwarder().RunSpdyAsync(stream, Deadline.Token()));

    [Fact(Timeout = FuzzBudget.Milliseconds)]
    public Task Port_forward_over_WebSocket() => RunAsync(WebSocketInput, stream => Forwarder().RunWebSocketAsync(stream, null, [80, 443], Deadline.Token()));

    [Fact(Timeout = FuzzBudget.Milliseconds)]
    public Task Port_forward_in_a_tunnel() => RunAsync(
        random => [.. SpdyInput(random).Chunk(100).SelectMany(chunk => Mutation.Apply(random, WsBytes.Frame(0x82, chunk)))],
        stream => Forwarder().RunTunnelAsync(stream, Deadline.Token()));

    private static PortForwardServer Forwarder() =>
        new((_, _) => ValueTask.FromResult<IDuplexPipe>(new Echo()), new PortForwardPod("p", "u"), s_options, TimeProvider.System);

    private static byte[] SpdyInput(Random random)
    {
        var input = new List<byte>();
        var block = 0;
        for (var i = random.Next(1, 12); i > 0; i--)
        {
            byte[] frame = random.Next(8) switch
            {
                0 => SpdyBytes.Data((uint)random.Next(1, 12), Mutation.Noise(random, random.Next(9000)), random.Next(3) == 0),
                1 => SpdyBytes.Ping((uint)random.Next(1, 9)),
                2 => SpdyBytes.RstStream((uint)random.Next(1, 12)),
                3 => SpdyBytes.Data((uint)random.Next(1, 12), "{\"Width\":120,\"Height\":40}\n"u8),
                4 when random.Next(4) == 0 => SpdyBytes.GoAway(0),
                _ => GoFrames.Frames[block++ % GoFrames.Hex.Length],
            };
            input.AddRange(random.Next(6) == 0 ? Mutation.Apply(random, frame) : frame);
        }

        return [.. input];
    }

    private static byte[] WebSocketInput(Random random)
    {
        var input = new List<byte>();
        for (var i = random.Next(1, 12); i > 0; i--)
        {
            byte[] payload = random.Next(6) switch
            {
                0 => [255, (byte)random.Next(6)],
                1 => [4, .. """{"Width":1,"Height":2}"""u8],
                2 => [.. "0aGVsbG8="u8],
                _ => [(byte)random.Next(6), .. Mutation.Noise(random, random.Next(9000))],
            };
            var frame = WsBytes.Frame(random.Next(8) switch { 0 => 0x81, 1 => 0x02, 2 => 0x80, 3 => 0x89, 4 => 0x88, _ => 0x82 }, payload);
            input.AddRange(random.Next(6) == 0 ? Mutation.Apply(random, frame) : frame);
        }

        return [.. input];
    }

    private static async Task UseAsync(RemoteCommandSession session)
    {
        await using (session)
        {
            // At once: a full stdin that nobody reads may hold up everything else, and the client's leaving too.
            var resizing = session.Resizes!.WaitToReadAsync(Deadline.Token()).AsTask();
            await Pipes.EchoAsync(session.Stdin!, session.Stdout!);
            await session.CompleteAsync(RemoteCommandStatus.Success, Deadline.Token());
            await resizing;
        }
    }

    /// <summary>Feeds input and closes; the server has to come to an end by itself.</summary>
    private static async Task RunAsync(Func<Random, byte[]> input, Func<Stream, Task> serve)
    {
        for (var i = 0; i < FuzzBudget.Count(0.05); i++)
        {
            var seed = FuzzBudget.Seed + i;
            var bytes = input(new Random(seed));
            var (near, far) = DuplexStream.CreatePair(1 << 20);
            try
            {
                await using var client = near;
                var serving = Task.Run(() => serve(far));
                await near.WriteAsync(bytes, Deadline.Token());
                await near.DisposeAsync();
                await serving.WaitAsync(TimeSpan.FromSeconds(60));
            }
            catch (Exception e)
            {
                Assert.Fail($"VK_FUZZ_SEED={seed}: {e}");
            }
        }
    }

    private sealed class Echo : IDuplexPipe
    {
        private readonly Pipe _pipe = new(new PipeOptions(useSynchronizationContext: false));

        public PipeReader Input => _pipe.Reader;

        public PipeWriter Output => _pipe.Writer;
    }
}
