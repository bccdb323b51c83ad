using System.Text;
using VirtualKubelet.Kubelet.Streaming.Spdy;
using VirtualKubelet.Kubelet.Streaming.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Spdy;

public class SpdyConnectionTests
{
    private static readonly StreamingOptions s_options = new() { LingerTimeout = TimeSpan.FromMilliseconds(200), ReceiveBufferBytes = 4096 };

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X7")]
    public async Task Nothing_is_written_before_the_first_frame_of_the_client_not_even_goodbye()
    {
        await using var pair = await SocketPair.CreateAsync();
        await using var connection = new SpdyConnection(pair.Server, s_options, TimeProvider.System, mayGiveUpStreams: false);
        await connection.CloseAsync(Deadline.Token());
        Assert.Null(await new SpdyClient(pair.Client).ReadAsync());
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S1")]
    [Trait("Item", "S7")]
    public async Task Input_cut_at_any_byte_gives_the_same_streams_and_bytes()
    {
        byte[] input =
        [
            .. GoFrames.Frames[0], .. GoFrames.Frames[1], .. SpdyBytes.Data(3, "hello"u8), .. SpdyBytes.Ping(1), .. GoFrames.Frames[2],
            .. SpdyBytes.Control(4, 0, SpdyBytes.Word(0)), .. SpdyBytes.Data(3, " world"u8, isFin: true), .. SpdyBytes.Data(99, "nobody"u8), .. SpdyBytes.Data(1, []),
            .. SpdyBytes.RstStream(5),
        ];
        for (var cut = 1; cut < input.Length; cut++)
        {
            var (near, far) = DuplexStream.CreatePair();
            await using var connection = new SpdyConnection(far, s_options, TimeProvider.System, mayGiveUpStreams: false);
            await near.WriteAsync(input.AsMemory(0, cut), Deadline.Token());
            var early = cut < GoFrames.Frames[0].Length ? null : await AcceptAsync(connection);
            await near.WriteAsync(input.AsMemory(cut), Deadline.Token());

            var error = early ?? await AcceptAsync(connection);
            var stdin = await AcceptAsync(connection);
            var stdout = await AcceptAsync(connection);
            Assert.Equal(["error", "stdin", "stdout"], new[] { error, stdin, stdout }.Select(s => s.Header("streamtype")));
            Assert.Equal("hello world", Encoding.UTF8.GetString(await stdin.Input.ReadToEndAsync()));
            Assert.Equal(ClientFrame.Ping, (await new SpdyClient(near).ReadAsync())!.Type);
            Assert.Empty(await stdout.Input.ReadToEndAsync());
            Assert.True(stdout.Aborted.WaitHandle.WaitOne(Deadline.Milliseconds));
            Assert.False(error.Aborted.IsCancellationRequested);
        }
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S2")]
    public async Task A_refused_stream_does_not_disturb_the_headers_of_the_next()
    {
        await using var session = await SessionAsync();
        var (refused, first) = session.Client.Open(("streamtype", "foo"), ("port", "80"));
        var (accepted, second) = session.Client.Open(("streamtype", "data"), ("port", "80"));
        await session.Client.SendAsync(first, second);
        (await AcceptAsync(session.Connection)).Reset();
        var next = await AcceptAsync(session.Connection);
        next.Accept();
        Assert.Equal("data", next.Header("streamtype"));
        await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.SynReply && f.StreamId == accepted);
        Assert.True(session.Client.HasReset(refused));
        Assert.Equal(5u, session.Client.Received[0].Payload[7]);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S3")]
    public async Task Replies_sent_from_many_threads_are_one_zlib_stream_in_wire_order()
    {
        await using var session = await SessionAsync();
        await session.Client.SendAsync([.. Enumerable.Range(0, 200).Select(_ => session.Client.Open(("streamtype", "data")).Frame)]);
        var streams = new List<IMultiplexedStream>();
        while (streams.Count < 200)
        {
            streams.Add(await AcceptAsync(session.Connection));
        }

        Parallel.ForEach(streams, stream => stream.Accept());
        while (session.Client.Received.Count < 200)
        {
            await session.Client.ReadAsync();
        }

        var zlib = session.Client.Received.SelectMany(f => f.Payload.Skip(4)).ToArray();
        using var inflater = new System.IO.Compression.ZLibStream(new MemoryStream(zlib), System.IO.Compression.CompressionMode.Decompress);
        var plain = new byte[200 * 4];
        inflater.ReadExactly(plain);
        Assert.All(plain, octet => Assert.Equal(0, octet));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S4")]
    public async Task A_ping_comes_back_as_it_was_and_one_with_an_even_id_does_not()
    {
        await using var session = await SessionAsync();
        await session.Client.SendAsync(SpdyBytes.Ping(2), SpdyBytes.Ping(1), SpdyBytes.Ping(0x7FFF_FFFF));
        Assert.Equal([(ClientFrame.Ping, 1u, (byte)0), (ClientFrame.Ping, 0x7FFF_FFFFu, (byte)0)], [await NextAsync(), await NextAsync()]);

        async Task<(int, uint, byte)> NextAsync()
        {
            var frame = await session.Client.ReadAsync();
            return (frame!.Type, frame.StreamId, frame.Flags);
        }
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S5")]
    public async Task Settings_window_updates_headers_and_frames_of_unknown_streams_change_nothing()
    {
        await using var session = await SessionAsync();
        await session.Client.SendAsync(
            SpdyBytes.Control(4, 1, [.. SpdyBytes.Word(1), 0, 0, 0, 7, .. SpdyBytes.Word(65536)]),
            SpdyBytes.Control(9, 0, [.. SpdyBytes.Word(1), .. SpdyBytes.Word(1)]),
            SpdyBytes.Data(77, new byte[100_000], isFin: true),
            SpdyBytes.RstStream(79),
            SpdyBytes.Control(8, 0, [.. SpdyBytes.Word(81), .. SpdyBytes.Block(isFirst: true, ("a", "b"))]),
            SpdyBytes.SynStream(1, SpdyBytes.Block(isFirst: false, ("streamtype", "error"))));
        Assert.Equal("error", (await AcceptAsync(session.Connection)).Header("streamtype"));
        await session.Client.SendAsync(SpdyBytes.Ping(1));
        Assert.Equal(ClientFrame.Ping, (await session.Client.ReadAsync())!.Type);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S6")]
    public async Task After_a_reset_reads_end_and_writes_fail_and_other_streams_live()
    {
        await using var session = await SessionAsync();
        var (one, other) = (await session.OpenAsync("data"), await session.OpenAsync("data"));
        await session.Client.SendAsync(SpdyBytes.RstStream(one.Id));
        Assert.Empty(await one.Stream.Input.ReadToEndAsync());
        Assert.True((await one.Stream.Output.WriteAsync(new byte[10], Deadline.Token())).IsCompleted);
        Assert.True(one.Stream.Aborted.WaitHandle.WaitOne(Deadline.Milliseconds));

        await session.Client.SendAsync(SpdyBytes.Data(other.Id, "still"u8));
        Assert.Equal("still", await other.Stream.Input.ReadTextAsync(5));
        await other.Stream.Output.WriteTextAsync("here");
        await session.Client.ReadUntilAsync(f => f.StreamId == other.Id && f.Type == ClientFrame.Data);
        Assert.Empty(session.Client.BytesOf(one.Id));
        Assert.Equal("here", session.Client.TextOf(other.Id));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S8")]
    public async Task A_half_close_comes_after_its_payload_with_it_or_alone_and_a_stream_closed_by_both_is_forgotten()
    {
        await using var session = await SessionAsync();
        var (one, other) = (await session.OpenAsync("data"), await session.OpenAsync("data"));
        await session.Client.SendAsync(
            SpdyBytes.Data(one.Id, "with"u8, isFin: true), SpdyBytes.Data(other.Id, "alone"u8), SpdyBytes.Data(other.Id, [], isFin: true));
        Assert.Equal("with", Encoding.UTF8.GetString(await one.Stream.Input.ReadToEndAsync()));
        Assert.Equal("alone", Encoding.UTF8.GetString(await other.Stream.Input.ReadToEndAsync()));

        Assert.Equal(2, session.Connection.StreamCount);
        await one.Stream.Output.WriteTextAsync("answer");
        await one.Stream.Output.CompleteAsync();
        await session.Client.ReadToFinAsync(one.Id);
        Assert.Equal("answer", session.Client.TextOf(one.Id));
        Assert.Equal(1, session.Connection.StreamCount);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S9")]
    public async Task On_close_open_streams_are_reset_half_closed_ones_are_not_and_goodbye_comes_last()
    {
        await using var session = await SessionAsync();
        var (open, finished) = (await session.OpenAsync("stdin"), await session.OpenAsync("stdout"));
        await finished.Stream.Output.CompleteAsync();
        var closing = session.Connection.CloseAsync(Deadline.Token());
        await session.Client.ReadToEndAsync();
        await closing;

        Assert.True(session.Client.HasReset(open.Id));
        Assert.False(session.Client.HasReset(finished.Id));
        var last = session.Client.Received[^1];
        Assert.Equal((ClientFrame.GoAway, finished.Id, 8), (last.Type, last.StreamId, last.Payload.Length));
        Assert.Equal([0, 0, 0, 0], last.Payload[4..]);
        Assert.True((await open.Stream.Output.WriteAsync(new byte[1], Deadline.Token())).IsCompleted);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S9")]
    public async Task What_was_sent_last_arrives_even_when_the_client_still_sends()
    {
        await using var pair = await SocketPair.CreateAsync();
        await using var connection = new SpdyConnection(
            pair.Server, s_options with { LingerTimeout = TimeSpan.FromSeconds(20) }, TimeProvider.System, mayGiveUpStreams: false);
        var client = new SpdyClient(pair.Client);
        var opened = AcceptAsync(connection);
        var (id, frame) = client.Open(("streamtype", "stdin"));
        await client.SendAsync(frame);
        var stream = await opened;
        stream.Accept();
        await stream.Output.WriteTextAsync("the last word");
        var flood = Task.Run(() => client.SendAsync([.. Enumerable.Range(0, 200).Select(_ => SpdyBytes.Data(id, new byte[32 * 1024]))]));
        await stream.Output.CompleteAsync();
        var closing = connection.CloseAsync(Deadline.Token());
        await client.ReadUntilAsync(f => f.Type == ClientFrame.GoAway);
        await flood;
        client.Disconnect();
        await closing;
        Assert.Equal("the last word", client.TextOf(id));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S9")]
    public async Task Two_sides_that_have_both_said_goodbye_do_not_wait_for_each_other()
    {
        var forever = s_options with { LingerTimeout = TimeSpan.FromHours(1) };
        await using var pair = await SocketPair.CreateAsync();
        await using var server = new SpdyConnection(pair.Server, forever, TimeProvider.System, mayGiveUpStreams: false);
        await using var client = new SpdyConnection(pair.Client, forever, TimeProvider.System, mayGiveUpStreams: false, isClient: true);
        client.Open(("streamtype", "data"));
        (await server.AcceptAsync(Deadline.Token()))!.Accept();

        var closing = client.CloseAsync(Deadline.Token());
        Assert.True(server.PeerGone.WaitHandle.WaitOne(Deadline.Milliseconds));
        await server.CloseAsync(Deadline.Token());
        await closing;
    }

    [Theory(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "S10")]
    [InlineData("8003000100010001")]
    [InlineData("8002000100000010")]
    [InlineData("8003000600000004000000")]
    public async Task A_broken_protocol_ends_the_connection_and_its_streams(string hex)
    {
        await using var session = await SessionAsync();
        var open = await session.OpenAsync("stdin");
        await session.Client.SendAsync(Convert.FromHexString(hex), new byte[8]);
        Assert.Empty(await open.Stream.Input.ReadToEndAsync());
        Assert.True(session.Connection.PeerGone.WaitHandle.WaitOne(Deadline.Milliseconds));
        await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.GoAway);
        Assert.Equal(1, session.Client.Received[^1].Payload[7]);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_stream_id_that_does_not_rise_is_answered_with_a_protocol_error_and_its_headers_are_still_read()
    {
        await using var session = await SessionAsync();
        await session.OpenAsync("stdin");
        await session.Client.SendAsync(SpdyBytes.SynStream(1, SpdyBytes.Block(isFirst: false, ("streamtype", "again"))));
        var reset = await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.RstStream);
        Assert.Equal((1u, (byte)1), (reset.StreamId, reset.Payload[7]));
        await session.OpenAsync("stdout");
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task Streams_beyond_the_limit_are_refused_until_others_end()
    {
        await using var session = await SessionAsync(s_options with { MaxStreams = 2 });
        var first = await session.OpenAsync("data");
        await session.OpenAsync("data");
        await session.Client.SendAsync(session.Client.Open(("streamtype", "data")).Frame);
        var reset = await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.RstStream);
        Assert.Equal(3, reset.Payload[7]);
        await session.Client.SendAsync(SpdyBytes.RstStream(first.Id));
        await session.OpenAsync("data");
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X15")]
    public async Task While_a_stream_is_full_and_the_output_is_blocked_control_frames_and_other_streams_are_served()
    {
        await using var session = await SessionAsync();
        var (stdin, resize, stdout) = (await session.OpenAsync("stdin"), await session.OpenAsync("resize"), await session.OpenAsync("stdout"));
        var blocked = FillAsync(stdout.Stream);
        await session.Client.SendAsync(SpdyBytes.Data(stdin.Id, new byte[s_options.ReceiveBufferBytes + 1]));
        await session.Client.SendAsync(SpdyBytes.Ping(1), SpdyBytes.Data(resize.Id, "resized"u8));
        Assert.Equal("resized", await resize.Stream.Input.ReadTextAsync(7));
        Assert.False(blocked.IsCompleted);
        await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.Ping);
        session.Client.Disconnect();
        await blocked;
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_stream_nobody_reads_holds_up_the_others_only_until_it_is_given_up()
    {
        var clock = new FakeTimeProvider();
        await using var session = await SessionAsync(s_options, clock, mayGiveUpStreams: true);
        var (stalled, other) = (await session.OpenAsync("data", ("requestid", "1")), await session.OpenAsync("data", ("requestid", "2")));
        await session.Client.SendAsync(
            SpdyBytes.Data(stalled.Id, new byte[s_options.ReceiveBufferBytes + 1]), SpdyBytes.Data(stalled.Id, "more"u8), SpdyBytes.Data(other.Id, "me"u8));
        var arrives = other.Stream.Input.ReadTextAsync(2);
        while (!stalled.Stream.Aborted.IsCancellationRequested)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.Equal("me", await arrives);
        await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.RstStream && f.StreamId == stalled.Id);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_stream_that_is_read_slowly_is_not_given_up()
    {
        var clock = new FakeTimeProvider();
        await using var session = await SessionAsync(s_options, clock, mayGiveUpStreams: true);
        var (slow, other) = (await session.OpenAsync("data", ("requestid", "1")), await session.OpenAsync("data", ("requestid", "2")));
        var bytes = new byte[s_options.ReceiveBufferBytes + 1];
        await session.Client.SendAsync(SpdyBytes.Data(slow.Id, bytes), SpdyBytes.Data(slow.Id, "more"u8), SpdyBytes.Data(other.Id, "me"u8));
        var arrives = other.Stream.Input.ReadTextAsync(2);
        for (var i = 0; i < bytes.Length + 4; i++)
        {
            await slow.Stream.Input.ReadTextAsync(1);
            clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal("me", await arrives);
        Assert.False(slow.Stream.Aborted.IsCancellationRequested);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_stream_that_must_not_be_given_up_holds_up_the_connection_and_the_client_is_asked_whether_it_is_there()
    {
        var clock = new FakeTimeProvider();
        await using var session = await SessionAsync(s_options, clock);
        var (stalled, other) = (await session.OpenAsync("stdin"), await session.OpenAsync("resize"));
        var bytes = new byte[s_options.ReceiveBufferBytes + 1];
        await session.Client.SendAsync(SpdyBytes.Data(stalled.Id, bytes), SpdyBytes.Data(stalled.Id, "more"u8), SpdyBytes.Data(other.Id, "me"u8));
        var ping = session.Client.ReadUntilAsync(f => f.Type == ClientFrame.Ping);
        while (!ping.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.Equal(0u, (await ping).StreamId % 2);
        await stalled.Stream.Input.ReadTextAsync(bytes.Length + 4);
        Assert.Equal("me", await other.Stream.Input.ReadTextAsync(2));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X21")]
    public async Task A_silent_connection_is_closed_after_the_idle_time_and_pings_keep_it_open()
    {
        var clock = new FakeTimeProvider();
        await using var session = await SessionAsync(s_options, clock);
        var open = await session.OpenAsync("stdin");
        for (var id = 1u; id < 20; id += 2)
        {
            clock.Advance(TimeSpan.FromHours(3));
            await session.Client.SendAsync(SpdyBytes.Ping(id));
            await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.Ping && f.StreamId == id);
        }

        Assert.False(session.Connection.PeerGone.IsCancellationRequested);
        clock.Advance(TimeSpan.FromHours(4));
        await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.GoAway);
        Assert.True(session.Client.HasReset(open.Id));
        Assert.True(session.Connection.PeerGone.WaitHandle.WaitOne(Deadline.Milliseconds));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_client_that_sends_pings_without_reading_is_slowed_and_costs_no_memory()
    {
        var (near, far) = DuplexStream.CreatePair(bufferBytes: 64 * 1024);
        await using var connection = new SpdyConnection(far, s_options, TimeProvider.System, mayGiveUpStreams: false);
        var pings = Enumerable.Range(0, 1000).SelectMany(i => SpdyBytes.Ping((2 * (uint)i) + 1)).ToArray();
        var sent = 0;
        using var stop = new CancellationTokenSource();
        var flood = Task.Run(async () =>
        {
            for (; sent < 10_000; sent++)
            {
                await near.WriteAsync(pings, stop.Token);
            }
        });
        while (true)
        {
            var before = Volatile.Read(ref sent);
            await Task.Delay(200);
            if (before == Volatile.Read(ref sent))
            {
                break;
            }
        }

        Assert.InRange(sent, 1, 200);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flood);
    }

    private static async Task FillAsync(IMultiplexedStream stream)
    {
        var piece = new byte[32 * 1024];
        while (!(await stream.Output.WriteAsync(piece)).IsCompleted)
        {
        }
    }

    private static async Task<IMultiplexedStream> AcceptAsync(SpdyConnection connection) =>
        await connection.AcceptAsync(Deadline.Token()) ?? throw new EndOfStreamException();

    private static async Task<Session> SessionAsync(StreamingOptions? options = null, TimeProvider? time = null, bool mayGiveUpStreams = false)
    {
        var pair = await SocketPair.CreateAsync();
        return new Session(pair, new SpdyConnection(pair.Server, options ?? s_options, time ?? TimeProvider.System, mayGiveUpStreams));
    }

    private sealed class Session(SocketPair pair, SpdyConnection connection) : IAsyncDisposable
    {
        public SpdyConnection Connection => connection;

        public SpdyClient Client { get; } = new(pair.Client);

        public async Task<(uint Id, IMultiplexedStream Stream)> OpenAsync(string type, params (string, string)[] more)
        {
            var accepting = AcceptAsync(connection);
            var opening = Client.OpenAsync(type, more);
            var stream = await accepting;
            stream.Accept();
            return (await opening, stream);
        }

        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            await pair.DisposeAsync();
        }
    }
}
