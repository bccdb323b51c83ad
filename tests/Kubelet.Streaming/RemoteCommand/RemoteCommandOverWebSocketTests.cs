using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Kubelet.Streaming.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Kubelet.Streaming.Tests.RemoteCommand;

public class RemoteCommandOverWebSocketTests
{
    private const string V4 = "v4.channel.k8s.io";
    private const string V5 = "v5.channel.k8s.io";

    private static readonly RemoteCommandStreams s_pipes = new() { Stdin = true, Stdout = true, Stderr = true };
    private static readonly StreamingOptions s_options = new() { LingerTimeout = TimeSpan.FromMilliseconds(300) };

    [Theory(Timeout = Deadline.Milliseconds)]
    [InlineData(true, true, 1)]
    [InlineData(false, true, 2)]
    [InlineData(false, false, 3)]
    public async Task The_server_says_hello_on_the_first_output(bool stdout, bool stderr, byte channel)
    {
        await using var session = await SessionAsync(V4, new() { Stdin = true, Stdout = stdout, Stderr = stderr });
        Assert.Equal([channel], (await session.Client.ReceiveAsync())!.Value.Message);
    }

    [Theory(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W3")]
    [Trait("Item", "W4")]
    [InlineData(null, false)]
    [InlineData("channel.k8s.io", false)]
    [InlineData(V4, false)]
    [InlineData(V5, false)]
    [InlineData("base64.channel.k8s.io", true)]
    [InlineData("v4.base64.channel.k8s.io", true)]
    public async Task Output_is_binary_behind_its_channel_byte_or_base64_behind_a_digit(string? protocol, bool isBase64)
    {
        await using var session = await SessionAsync(protocol, s_pipes);
        await session.Session.Stdout!.WriteTextAsync("hello");
        var hello = (await session.Client.ReceiveAsync())!.Value;
        var (isText, message) = (await session.Client.ReceiveAsync())!.Value;
        Assert.Equal((isBase64, isBase64), (isText, hello.IsText));
        Assert.Equal(isBase64 ? "1"u8.ToArray() : [1], hello.Message);
        Assert.Equal(isBase64 ? "1aGVsbG8="u8.ToArray() : [1, .. "hello"u8], message);

        await (isBase64 ? session.Client.SendTextAsync("0aW4=") : session.Client.SendAsync([0, .. "in"u8]));
        Assert.Equal("in", await session.Session.Stdin!.ReadTextAsync(2));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task Long_output_is_whole_in_base64_too()
    {
        var bytes = new byte[1_000_000];
        new Random(7).NextBytes(bytes);
        await using var session = await SessionAsync("v4.base64.channel.k8s.io", s_pipes);
        var writing = Task.Run(async () =>
        {
            await session.Session.Stdout!.WriteAsync(bytes, Deadline.Token());
            await session.Session.CompleteAsync(RemoteCommandStatus.Success, Deadline.Token());
        });
        var received = (await session.Client.ReceiveAllAsync()).Where(m => m.Message[0] == '1')
            .SelectMany(m => Convert.FromBase64String(Encoding.ASCII.GetString(m.Message.AsSpan(1)))).ToArray();
        Assert.Equal(bytes, received);
        await writing;
    }

    [Theory(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W5")]
    [InlineData(V4, true)]
    [InlineData(V5, true)]
    [InlineData("channel.k8s.io", false)]
    public async Task At_the_end_come_all_output_then_the_status_then_a_normal_close(string protocol, bool isJson)
    {
        await using var session = await SessionAsync(protocol, s_pipes);
        await session.Session.Stdout!.WriteTextAsync("out");
        await session.Session.Stderr!.WriteTextAsync("err");
        var ending = session.Session.CompleteAsync(RemoteCommandStatus.Exited(3), Deadline.Token());
        var messages = (await session.Client.ReceiveAllAsync()).Select(m => m.Message).ToList();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, session.Client.CloseCode);
        Assert.Equal([[1], [1, .. "out"u8], [2, .. "err"u8]], messages.SkipLast(1));
        Assert.Equal(3, messages[^1][0]);
        var text = Encoding.UTF8.GetString(messages[^1].AsSpan(1));
        Assert.Equal(isJson, text.StartsWith('{'));
        Assert.Contains("exit code", text);
        if (isJson)
        {
            Assert.Equal("NonZeroExitCode", JsonDocument.Parse(text).RootElement.GetProperty("reason").GetString());
        }

        session.Client.Dispose();
        await ending;
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W5")]
    public async Task A_client_that_answers_the_close_has_the_connection_closed_at_once()
    {
        var time = new FakeTimeProvider();
        await using var session = await SessionAsync(V5, s_pipes, time);
        var ending = session.Session.CompleteAsync(RemoteCommandStatus.Success, Deadline.Token());
        await session.Client.ReceiveAllAsync();
        await session.Client.CloseAsync();

        // The clock stands still: nobody lingers.
        await ending;
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W6")]
    public async Task In_v5_255_half_closes_stdin_and_the_session_goes_on()
    {
        await using var session = await SessionAsync(V5, s_pipes);
        await session.Client.SendAsync([0, .. "last"u8]);
        await session.Client.SendFragmentsAsync([255], [0]);
        Assert.Equal("last"u8.ToArray(), await session.Session.Stdin!.ReadToEndAsync());
        await session.Client.SendAsync([0, .. "discarded"u8]);
        await session.Session.Stdout!.WriteTextAsync("still");
        await session.Client.ReceiveAsync();
        Assert.Equal([1, .. "still"u8], (await session.Client.ReceiveAsync())!.Value.Message);
    }

    [Theory(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W7")]
    [InlineData("FF")]
    [InlineData("FF09")]
    [InlineData("FF0000")]
    public async Task In_v5_a_malformed_half_close_ends_the_connection(string message)
    {
        await using var session = await SessionAsync(V5, s_pipes);
        await session.Client.SendAsync(Convert.FromHexString(message));
        await session.Client.ReceiveAllAsync();
        Assert.Equal(WebSocketCloseStatus.ProtocolError, session.Client.CloseCode);
        Assert.True(session.Session.ClientGone.WaitHandle.WaitOne(Deadline.Milliseconds));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W7")]
    [Trait("Item", "W10")]
    public async Task Unknown_unrequested_and_empty_messages_are_ignored_and_so_is_255_before_v5()
    {
        await using var session = await SessionAsync(V4, new() { Stdin = true, Stdout = true });
        await session.Client.SendAsync(255, 0);
        await session.Client.SendAsync();
        await session.Client.SendAsync([9, .. "unknown"u8]);
        await session.Client.SendAsync([4, .. "{}"u8]);
        await session.Client.SendAsync([1, .. new byte[300_000]]);
        await session.Client.SendAsync(0);
        await session.Client.SendTextAsync("\0text");
        Assert.Equal("text", await session.Session.Stdin!.ReadTextAsync(4));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W8")]
    public async Task A_message_in_fragments_is_one_payload_behind_one_channel_byte()
    {
        await using var session = await SessionAsync(V4, s_pipes);
        await session.Client.SendFragmentsAsync([], [0], [0, 1, 2], [3]);
        await session.Client.SendFragmentsAsync([0, 4], [5], [6]);
        Assert.Equal("\0\x1\x2\x3\x4\x5\x6", await session.Session.Stdin!.ReadTextAsync(7));
    }

    [Theory(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W8")]
    [InlineData("0", "aG", "Vs", "bG8=", true)]
    [InlineData("0aGVsb", "G", "8", "=", true)]
    [InlineData("0aGVsb", "G8", "=", "aGVs", false)]
    [InlineData("0aGV", "s", "b", "", false)]
    [InlineData("0a*Vs", "", "", "", false)]
    public async Task Base64_in_fragments_is_decoded_across_them_and_what_is_none_ends_the_connection(string a, string b, string c, string d, bool isValid)
    {
        await using var session = await SessionAsync("base64.channel.k8s.io", s_pipes);
        await session.Client.SendFragmentsAsync([.. new[] { a, b, c, d }.Select(Encoding.ASCII.GetBytes)]);
        if (isValid)
        {
            Assert.Equal("hello", await session.Session.Stdin!.ReadTextAsync(5));
        }
        else
        {
            Assert.True(session.Session.ClientGone.WaitHandle.WaitOne(Deadline.Milliseconds));
            await session.Client.ReceiveAllAsync();
            Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, session.Client.CloseCode);
        }
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W9")]
    public async Task Channel_4_resizes_a_terminal()
    {
        await using var session = await SessionAsync(V5, s_pipes with { Tty = true });
        Assert.Null(session.Session.Stderr);
        await session.Client.SendAsync([4, .. """{"Width":80,"Height":24}"""u8]);
        Assert.Equal(new TerminalSize(80, 24), await session.Session.Resizes!.ReadAsync(Deadline.Token()));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W11")]
    public async Task While_output_is_blocked_pings_are_taken_and_stdin_and_resizes_get_through()
    {
        await using var pair = await SocketPair.CreateAsync();
        await using var session = await RemoteCommandSession.OverWebSocketAsync(
            pair.Server, V5, s_pipes with { Tty = true }, s_options, TimeProvider.System, Deadline.Token());
        var writing = Task.Run(async () =>
        {
            var piece = new byte[100_000];
            while (!(await session.Stdout!.WriteAsync(piece, CancellationToken.None)).IsCompleted)
            {
            }
        });
        await Task.Delay(200);
        for (var i = 0; i < 10; i++)
        {
            await pair.Client.WriteAsync(WsBytes.Frame(0x89, "beat"u8), Deadline.Token());
        }

        await pair.Client.WriteAsync(WsBytes.Frame(0x82, [4, .. """{"Width":80,"Height":24}"""u8]), Deadline.Token());
        await pair.Client.WriteAsync(WsBytes.Frame(0x82, [0, 3]), Deadline.Token());
        Assert.Equal(new TerminalSize(80, 24), await session.Resizes!.ReadAsync(Deadline.Token()));
        Assert.Equal("\x3", await session.Stdin!.ReadTextAsync(1));
        Assert.False(writing.IsCompleted);

        // Once the client reads again, the pongs come before any output that was not yet under way.
        var pongs = 0;
        while (pongs < 10)
        {
            var (first, payload) = await WsBytes.ReadAsync(pair.Client);
            if (first == 0x8A)
            {
                Assert.Equal("beat"u8.ToArray(), payload);
                pongs++;
            }
        }

        await pair.Client.DisposeAsync();
        await writing;
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W11")]
    public async Task While_nobody_reads_stdin_pings_are_answered()
    {
        await using var pair = await SocketPair.CreateAsync();
        await using var session = await RemoteCommandSession.OverWebSocketAsync(
            pair.Server, V5, s_pipes, s_options with { ReceiveBufferBytes = 4096 }, TimeProvider.System, Deadline.Token());
        Assert.Equal(0x82, (await WsBytes.ReadAsync(pair.Client)).First);
        await pair.Client.WriteAsync(WsBytes.Frame(0x82, new byte[5000]), Deadline.Token());
        await pair.Client.WriteAsync(WsBytes.Frame(0x89, "beat"u8), Deadline.Token());
        Assert.Equal(0x8A, (await WsBytes.ReadAsync(pair.Client)).First);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "W12")]
    public async Task When_the_connection_is_lost_everything_ends()
    {
        await using var session = await SessionAsync(V5, s_pipes with { Tty = true });
        session.Client.Dispose();
        Assert.Empty(await session.Session.Stdin!.ReadToEndAsync());
        Assert.True(session.Session.ClientGone.WaitHandle.WaitOne(Deadline.Milliseconds));
        Assert.False(await session.Session.Resizes!.WaitToReadAsync(Deadline.Token()));
        while (!(await session.Session.Stdout!.WriteAsync(new byte[1000], Deadline.Token())).IsCompleted)
        {
        }
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_close_frame_ends_stdin_and_is_answered_once()
    {
        await using var session = await SessionAsync(V4, s_pipes);
        await session.Client.SendAsync([0, .. "all"u8]);
        await session.Client.CloseAsync();
        Assert.Equal("all"u8.ToArray(), await session.Session.Stdin!.ReadToEndAsync());
        Assert.True(session.Session.ClientGone.WaitHandle.WaitOne(Deadline.Milliseconds));
        await session.Client.ReceiveAllAsync();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, session.Client.CloseCode);
        session.Client.Dispose();
        await session.Session.CompleteAsync(RemoteCommandStatus.Success, Deadline.Token());
    }

    [Theory(Timeout = Deadline.Milliseconds)]
    [InlineData("8205", 1002)] // not masked
    [InlineData("C28500000000", 1002)] // a reserved bit
    [InlineData("838000000000", 1002)] // a reserved opcode
    [InlineData("098000000000", 1002)] // a fragmented ping
    [InlineData("89FE007E00000000", 1002)] // a long ping
    [InlineData("808000000000", 1002)] // a continuation of nothing
    [InlineData("028000000000828000000000", 1002)] // a message within another
    [InlineData("82FF800000000000000000000000", 1002)] // a negative length
    [InlineData("82FF000000000200000100000000", 1009)] // 32 MiB and one byte
    [InlineData("02FF00000000020000000000000080FF000000000000000100000000", 1009)] // in two frames
    public async Task What_WebSocket_does_not_allow_ends_the_connection_with_a_code(string hex, int code)
    {
        await using var pair = await SocketPair.CreateAsync();
        await using var session = await RemoteCommandSession.OverWebSocketAsync(pair.Server, V5, s_pipes, s_options, TimeProvider.System, Deadline.Token());
        await WsBytes.ReadAsync(pair.Client);
        var bytes = Convert.FromHexString(hex);

        // The second frame of the last case comes behind 32 MiB of payload.
        var (first, second) = hex.StartsWith("02FF", StringComparison.Ordinal) ? (bytes[..14], bytes[14..]) : (bytes, []);
        await pair.Client.WriteAsync(first, Deadline.Token());
        if (second.Length > 0)
        {
            var discarded = session.Stdin!.CopyToAsync(Stream.Null, Deadline.Token());
            await pair.Client.WriteAsync(new byte[32 << 20], Deadline.Token());
            await pair.Client.WriteAsync(second, Deadline.Token());
            await discarded;
        }

        var close = await WsBytes.ReadAsync(pair.Client);
        Assert.Equal((0x88, code), (close.First, (close.Payload[0] << 8) | close.Payload[1]));
        Assert.True(session.ClientGone.WaitHandle.WaitOne(Deadline.Milliseconds));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X21")]
    public async Task Data_keeps_a_session_open_and_pings_do_not()
    {
        var clock = new FakeTimeProvider();
        await using var pair = await SocketPair.CreateAsync();
        await using var session = await RemoteCommandSession.OverWebSocketAsync(pair.Server, V5, s_pipes, s_options, clock, Deadline.Token());
        await WsBytes.ReadAsync(pair.Client);
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromHours(3));
            await pair.Client.WriteAsync(WsBytes.Frame(0x82, [0, 1]), Deadline.Token());
            await session.Stdin!.ReadTextAsync(1);
        }

        clock.Advance(TimeSpan.FromHours(3));
        await pair.Client.WriteAsync(WsBytes.Frame(0x89, []), Deadline.Token());
        Assert.Equal(0x8A, (await WsBytes.ReadAsync(pair.Client)).First);
        Assert.False(session.ClientGone.IsCancellationRequested);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0x88, (await WsBytes.ReadAsync(pair.Client)).First);
        Assert.True(session.ClientGone.WaitHandle.WaitOne(Deadline.Milliseconds));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S7")]
    public async Task Input_cut_at_any_byte_gives_the_same_session()
    {
        byte[] input =
        [
            .. WsBytes.Frame(0x82, [0, .. "he"u8]), .. WsBytes.Frame(0x02, [0]), .. WsBytes.Frame(0x89, "beat"u8), .. WsBytes.Frame(0x80, "llo"u8),
            .. WsBytes.Frame(0x82, [4, .. """{"Width":1,"Height":2}"""u8]), .. WsBytes.Frame(0x82, [255, 0]),
        ];
        for (var cut = 1; cut < input.Length; cut++)
        {
            var (near, far) = DuplexStream.CreatePair();
            await using var session = await RemoteCommandSession.OverWebSocketAsync(
                far, V5, s_pipes with { Tty = true }, s_options, TimeProvider.System, Deadline.Token());
            await near.WriteAsync(input.AsMemory(0, cut), Deadline.Token());
            await Task.Yield();
            await near.WriteAsync(input.AsMemory(cut), Deadline.Token());
            Assert.Equal("hello"u8.ToArray(), await session.Stdin!.ReadToEndAsync());
            Assert.Equal(new TerminalSize(1, 2), await session.Resizes!.ReadAsync(Deadline.Token()));
            near.Dispose();
        }
    }

    private static async Task<OpenSession> SessionAsync(string? protocol, RemoteCommandStreams streams, TimeProvider? time = null)
    {
        var pair = await SocketPair.CreateAsync();
        return new OpenSession(
            pair, await RemoteCommandSession.OverWebSocketAsync(pair.Server, protocol, streams, s_options, time ?? TimeProvider.System, Deadline.Token()));
    }

    private sealed class OpenSession(SocketPair pair, RemoteCommandSession session) : IAsyncDisposable
    {
        public RemoteCommandSession Session => session;

        public WsClient Client { get; } = new(pair.Client);

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await session.DisposeAsync();
            await pair.DisposeAsync();
        }
    }
}
