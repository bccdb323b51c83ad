using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Shim.Protocol.Tests.Channel;

public sealed class ChannelConnectionTests
{
    private const int Deadline = 60_000;

    [Fact(Timeout = Deadline)]
    public async Task A_session_carries_its_request_its_bytes_and_its_exit_code()
    {
        await using var pair = new ChannelPair(EchoAsync);

        var session = pair.Agent.Open(new ExecMessage { Container = "main", Command = ["cat", "a b"] });
        await SendAsync(session.Stdin, "hello");
        session.Stdin.End();

        Assert.Equal("cat|a b|hello", await ReadAsync(session.Stdout.Reader));
        Assert.Equal(7, (await session.Closed).ExitCode);
        Assert.Equal("shim", (await pair.Agent.Greeted).Program);
    }

    [Fact(Timeout = Deadline)]
    public async Task No_lane_holds_more_than_its_window_and_no_stalled_one_delays_another()
    {
        var sent = 0L;
        await using var pair = new ChannelPair(session => _ = Task.Run(async () =>
        {
            if (session.Request is ConnectMessage { Port: 1 })
            {
                await FloodAsync(session, n => Interlocked.Add(ref sent, n));
            }
            else
            {
                EchoAsync(session);
            }
        }));
        var stalled = pair.Agent.Open(new ConnectMessage(1));
        while (Interlocked.Read(ref sent) < ChannelLimits.Window)
        {
            await Task.Delay(1);
        }

        for (var i = 0; i < 50; i++)
        {
            var session = pair.Agent.Open(new ExecMessage { Container = "main", Command = ["x"] });
            session.Stdin.End();
            Assert.Equal("x|", await ReadAsync(session.Stdout.Reader));
        }

        Assert.Equal(ChannelLimits.Window, Interlocked.Read(ref sent));
        var read = await stalled.Stdout.Reader.ReadAtLeastAsync(ChannelLimits.Window);
        stalled.Stdout.Reader.AdvanceTo(read.Buffer.End);
        read = await stalled.Stdout.Reader.ReadAtLeastAsync(ChannelLimits.Window);
        Assert.InRange(read.Buffer.Length, ChannelLimits.Window, 2 * ChannelLimits.Window);
        stalled.Cancel();
        await stalled.Closed;
    }

    [Fact(Timeout = Deadline)]
    public async Task Windows_of_lanes_that_are_read_grow_until_their_limit_or_until_the_reserve_is_spent()
    {
        const int Sessions = 40;
        var sent = 0L;
        await using var pair = new ChannelPair(session => _ = FloodAsync(session, n => Interlocked.Add(ref sent, n)));
        var taken = 0L;
        var sessions = Enumerable.Range(1, Sessions).Select(port => pair.Agent.Open(new ConnectMessage(port))).ToList();
        foreach (var session in sessions)
        {
            for (var i = 0; i < 4; i++)
            {
                var read = await session.Stdout.Reader.ReadAtLeastAsync(ChannelLimits.Window);
                taken += read.Buffer.Length;
                session.Stdout.Reader.AdvanceTo(read.Buffer.End);
            }
        }

        const long Held = ((long)Sessions * ChannelLimits.Window) + ChannelLimits.ReserveBytes;
        while (Interlocked.Read(ref sent) - taken < Sessions * ChannelLimits.Window)
        {
            await Task.Delay(1);
        }

        await Task.Delay(50);
        Assert.InRange(Interlocked.Read(ref sent) - taken, Sessions * ChannelLimits.Window, Held);
        foreach (var session in sessions)
        {
            session.Cancel();
            await session.Closed;
        }

        // What they had is there again for the next one.
        var next = pair.Agent.Open(new ConnectMessage(1));
        var held = await next.Stdout.Reader.ReadAtLeastAsync(ChannelLimits.Window);
        while (held.Buffer.Length <= ChannelLimits.Window)
        {
            next.Stdout.Reader.AdvanceTo(held.Buffer.End);
            held = await next.Stdout.Reader.ReadAtLeastAsync(ChannelLimits.Window);
        }

        next.Cancel();
        await next.Closed;
    }

    [Fact(Timeout = Deadline)]
    public async Task A_resize_and_a_cancel_pass_a_lane_that_stands_still()
    {
        var sizes = new TaskCompletionSource<WindowSize>();
        await using var pair = new ChannelPair(session => _ = Task.Run(async () =>
        {
            sizes.SetResult(await session.Sizes.ReadAsync());
            var cancelled = new TaskCompletionSource();
            await using var registration = session.Cancelled.Register(cancelled.SetResult);
            await cancelled.Task;
            session.Close(ClosedMessage.Exited(137));
        }));
        var session = pair.Agent.Open(new ExecMessage { Container = "main", Command = ["x"], Tty = true, Stdin = true });
        await SendAsync(session.Stdin, new string('x', ChannelLimits.Window));
        var blocked = session.Stdin.WaitForRoomAsync(CancellationToken.None).AsTask();

        await session.ResizeAsync(new(120, 40));
        Assert.Equal(new WindowSize(120, 40), await sizes.Task);
        Assert.False(blocked.IsCompleted);
        session.Cancel();

        Assert.Equal(137, (await session.Closed).ExitCode);
        await Assert.ThrowsAsync<ChannelClosedException>(() => blocked);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_consumer_that_has_had_enough_never_stalls_the_sender()
    {
        var sent = 0L;
        await using var pair = new ChannelPair(session => _ = FloodAsync(session, n => Interlocked.Add(ref sent, n)));
        var session = pair.Agent.Open(new ConnectMessage(1));
        await session.Stdout.Reader.ReadAsync();

        await session.Stdout.Reader.CompleteAsync();

        while (Interlocked.Read(ref sent) < 20L * ChannelLimits.Window)
        {
            await Task.Delay(1);
        }

        session.Cancel();
        await session.Closed;
    }

    [Fact(Timeout = Deadline)]
    public async Task The_transport_is_exchanged_under_running_sessions_without_a_lost_byte()
    {
        await using var pair = new ChannelPair(EchoAsync);
        var (agent, shim) = ChannelPair.NewTransport();
        var texts = Enumerable.Range(0, 20).Select(i => string.Concat(Enumerable.Range(0, 50_000).Select(n => $"{i}:{n}\n"))).ToArray();
        var sessions = texts.Select(text => RoundTripAsync(pair.Agent, text)).ToArray();

        await pair.Agent.Greeted;
        pair.Shim.Offer(shim);
        pair.Agent.SwitchTo(agent);

        var results = await Task.WhenAll(sessions);
        Assert.Equal(texts.Select(t => $"x|{t}"), results);
        Assert.Equal("x|after", await RoundTripAsync(pair.Agent, "after"));
        Assert.True(pair.Agent.HasSwitched);
        Assert.True(pair.Shim.HasSwitched);
    }

    [Theory(Timeout = Deadline)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_the_first_transport_ends_everything_has_ended(bool switched)
    {
        await using var pair = new ChannelPair(_ => { });
        var session = pair.Agent.Open(new ConnectMessage(80));
        await pair.Agent.Greeted;
        if (switched)
        {
            var (agent, shim) = ChannelPair.NewTransport();
            pair.Shim.Offer(shim);
            pair.Agent.SwitchTo(agent);
            while (!pair.Agent.HasSwitched)
            {
                await Task.Delay(1);
            }
        }

        pair.BreakShim();

        await Assert.ThrowsAsync<ChannelClosedException>(() => session.Closed);
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await session.Stdout.Reader.ReadAsync());
        await pair.Agent.Ended;
        Assert.Throws<ChannelClosedException>(() => pair.Agent.Open(new ConnectMessage(81)));
    }

    [Fact(Timeout = Deadline)]
    public async Task When_the_agent_is_gone_the_sessions_are_cancelled_and_their_input_does_not_just_end()
    {
        var accepted = new TaskCompletionSource<AcceptedSession>();
        await using var pair = new ChannelPair(accepted.SetResult);
        pair.Agent.Open(new ConnectMessage(80));
        var session = await accepted.Task;

        pair.Break();

        await Assert.ThrowsAsync<ChannelClosedException>(async () => await session.Stdin.Reader.ReadAsync());
        var cancelled = new TaskCompletionSource();
        await using var registration = session.Cancelled.Register(cancelled.SetResult);
        await cancelled.Task;
    }

    public static TheoryData<string, byte[]> Violations => new()
    {
        { "before its greeting", [.. Preamble.Bytes, .. Frames.Of(FrameType.Cancel, 1)] },
        { "second greeting", Frames.Begin(Frames.Of(FrameType.Greeting, 0, Frames.Greeting)) },
        { "of version 2", [.. Preamble.Bytes, .. Frames.Of(FrameType.Greeting, 0, """{"version":2,"program":"old"}""")] },
        { "cannot be read", [.. Preamble.Bytes, .. Frames.Of(FrameType.Greeting, 0, "{")] },
        { "says null", Frames.Begin(Frames.Of(FrameType.Exec, 1, "null")) },
        { "nobody opened", Frames.Begin(Frames.Of(FrameType.Data, 1, "x")) },
        { "out of turn", Frames.Begin(Frames.Of(FrameType.Connect, 1, """{"port":1}"""), Frames.Of(FrameType.Connect, 1, """{"port":1}""")) },
        { "wrong end", Frames.Begin(Frames.Of(FrameType.Connect, 1, """{"port":1}"""), Frames.Of(FrameType.Data, 1, "x", Lane.Stdout)) },
        { "wrong end", Frames.Begin(Frames.Of(FrameType.Connect, 1, """{"port":1}"""), Frames.Of(FrameType.Opened, 1)) },
        { "a credit of", Frames.Begin(Frames.Of(FrameType.Connect, 1, """{"port":1}"""), Frames.Of(FrameType.Credit, 1, [0, 12, 0, 1], Lane.Stdout)) },
        { "a credit of", Frames.Begin(Frames.Of(FrameType.Connect, 1, """{"port":1}"""), Frames.Of(FrameType.Credit, 1, [255, 255, 255, 255], Lane.Stdout)) },
        { "after the end", Frames.Begin(Frames.Of(FrameType.Connect, 1, """{"port":1}"""), Frames.Of(FrameType.End, 1), Frames.Of(FrameType.Data, 1, "x")) },
        { "with room for", Frames.Begin([Frames.Of(FrameType.Connect, 1, """{"port":1}"""), .. Enumerable.Range(0, 5).Select(_ => Frames.Of(FrameType.Data, 1, new byte[ChannelLimits.MaxData]))]) },
        { "nobody offered", Frames.Begin(Frames.Of(FrameType.Switch, 0)) },
        { "a frame of type", [.. Frames.Begin(), .. "slurmstepd: error"u8] },
        { "half a frame", Frames.Begin([1, 2, 3]) },
    };

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Violations))]
    public async Task Who_breaks_the_rules_is_told_which_and_the_channel_ends(string words, byte[] bytes)
    {
        var connection = new ChannelConnection(new MemoryStream(bytes), Stream.Null, ChannelPair.Greeting("shim"), _ => { });

        var error = await Assert.ThrowsAsync<ChannelProtocolException>(() => connection.RunAsync(CancellationToken.None));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.True(connection.Ended.IsCompleted);
    }

    [Fact]
    public void The_secret_of_a_dial_back_never_shows_in_words() =>
        Assert.Equal("127.0.0.1:1", new DialBackOffer("127.0.0.1", 1, "secret"u8.ToArray()).ToString());

    private static void EchoAsync(AcceptedSession session) => _ = Task.Run(async () =>
    {
        var request = (ExecMessage)session.Request;
        await SendAsync(session.Stdout, string.Join('|', request.Command) + "|");
        await LaneCopy.SendAsync(session.Stdin.Reader, session.Stdout, CancellationToken.None);
        session.Close(ClosedMessage.Exited(7));
    });

    private static async Task FloodAsync(AcceptedSession session, Action<int> sent)
    {
        var block = new byte[ChannelLimits.MaxData];
        try
        {
            while (true)
            {
                var room = await session.Stdout.WaitForRoomAsync(session.Cancelled);
                await session.Stdout.SendAsync(block.AsMemory(0, room));
                sent(room);
            }
        }
        catch (OperationCanceledException)
        {
            session.Close(ClosedMessage.Failed(ChannelErrorKind.Unavailable, "cancelled"));
        }
    }

    private static async Task<string> RoundTripAsync(ChannelConnection agent, string text)
    {
        var session = agent.Open(new ExecMessage { Container = "main", Command = ["x"], Stdin = true });
        var sending = Task.Run(async () =>
        {
            await SendAsync(session.Stdin, text);
            session.Stdin.End();
        });
        var result = await ReadAsync(session.Stdout.Reader);
        await sending;
        await session.Closed;
        return result;
    }

    private static async Task SendAsync(OutgoingLane lane, string text)
    {
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(text);
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, await lane.WaitForRoomAsync(CancellationToken.None))];
            await lane.SendAsync(part);
            bytes = bytes[part.Length..];
        }
    }

    private static async Task<string> ReadAsync(PipeReader reader)
    {
        using var content = new MemoryStream();
        await reader.CopyToAsync(content);
        return Encoding.UTF8.GetString(content.ToArray());
    }
}
