using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Kubelet.Streaming.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Kubelet.Streaming.Tests.RemoteCommand;

public class RemoteCommandOverSpdyTests
{
    private const string V4 = "v4.channel.k8s.io";

    private static readonly RemoteCommandStreams s_pipes = new() { Stdin = true, Stdout = true, Stderr = true };
    private static readonly RemoteCommandStreams s_terminal = s_pipes with { Tty = true };
    private static readonly string[] s_pipeTypes = ["error", "stdin", "stdout", "stderr"];
    private static readonly string[] s_terminalTypes = ["error", "stdin", "stdout", "resize"];

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X8")]
    public async Task Streams_may_be_opened_in_any_order_and_in_any_case_and_each_is_answered_before_anything_is_written()
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, ["StdErr", "stdout", "stdin", "error"]);
        await server.Session.Stdout!.WriteTextAsync("works");
        await server.EndAsync(RemoteCommandStatus.Success);
        Assert.All(server.Client.Received.Take(4), frame => Assert.Equal(ClientFrame.SynReply, frame.Type));
        Assert.Equal("works", server.Client.TextOf(server.Ids["stdout"]));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X9")]
    public async Task A_client_that_opens_only_the_error_stream_is_disconnected_after_thirty_seconds()
    {
        var clock = new FakeTimeProvider();
        await using var pair = await SocketPair.CreateAsync();
        var client = new SpdyClient(pair.Client);
        var opening = RemoteCommandSession.OverSpdyAsync(pair.Server, V4, s_pipes, ExecServer.Options, clock, Deadline.Token());
        await client.OpenAsync("error");
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(opening.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await client.ReadUntilAsync(f => f.Type == ClientFrame.GoAway);
        while (!opening.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }

        await Assert.ThrowsAsync<StreamsNotOpenedException>(() => opening);
        Assert.Null(await client.ReadAsync());
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_client_that_leaves_before_its_streams_are_open_starts_nothing()
    {
        await using var pair = await SocketPair.CreateAsync();
        var client = new SpdyClient(pair.Client);
        var opening = RemoteCommandSession.OverSpdyAsync(pair.Server, V4, s_pipes, ExecServer.Options, TimeProvider.System, Deadline.Token());
        await client.OpenAsync("error");
        client.Disconnect();
        await Assert.ThrowsAsync<StreamsNotOpenedException>(() => opening);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X10")]
    public async Task Success_is_output_and_its_half_closes_then_the_status_then_its_half_close_then_goodbye()
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, s_pipeTypes);
        await server.Session.Stdout!.WriteTextAsync("out");
        await server.Session.Stderr!.WriteTextAsync("err");
        var status = await server.EndAsync(RemoteCommandStatus.Success);
        Assert.Equal("Success", Json(status).GetProperty("status").GetString());

        var frames = server.Client.Received;
        var error = server.Ids["error"];
        var statusAt = frames.FindIndex(f => f.Type == ClientFrame.Data && f.StreamId == error);
        Assert.True(frames.FindIndex(f => f.StreamId == server.Ids["stdout"] && f.IsFin) is var outFin && outFin > 0 && outFin < statusAt);
        Assert.True(frames.FindIndex(f => f.StreamId == server.Ids["stderr"] && f.IsFin) is var errFin && errFin > 0 && errFin < statusAt);
        Assert.True(server.Client.HasFin(error));
        Assert.True(server.Client.HasReset(server.Ids["stdin"]));
        Assert.False(server.Client.HasReset(server.Ids["stdout"]));
        Assert.Equal(ClientFrame.GoAway, frames[^1].Type);
        Assert.Equal(("out", "err"), (server.Client.TextOf(server.Ids["stdout"]), server.Client.TextOf(server.Ids["stderr"])));
    }

    [Theory(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X11")]
    [InlineData(3)]
    [InlineData(137)]
    public async Task An_exit_code_is_a_cause_of_the_failure(int exitCode)
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, s_pipeTypes);
        var status = Json(await server.EndAsync(RemoteCommandStatus.Exited(exitCode)));
        Assert.Equal(("Failure", "NonZeroExitCode"), (status.GetProperty("status").GetString(), status.GetProperty("reason").GetString()));
        var cause = status.GetProperty("details").GetProperty("causes")[0];
        Assert.Equal(("ExitCode", $"{exitCode}"), (cause.GetProperty("reason").GetString(), cause.GetProperty("message").GetString()));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X12")]
    [Trait("Item", "X23")]
    public async Task A_command_that_could_not_be_run_is_a_failure_in_words()
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, s_pipeTypes);
        var status = Json(await server.EndAsync(RemoteCommandStatus.Failure("error executing command in container: \"nope\" not found")));
        Assert.Equal(("Failure", "InternalError", 500), (status.GetProperty("status").GetString(), status.GetProperty("reason").GetString(), status.GetProperty("code").GetInt32()));
        Assert.Equal("Internal error occurred: error executing command in container: \"nope\" not found", status.GetProperty("message").GetString());
    }

    [Theory(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X4")]
    [InlineData("channel.k8s.io")]
    [InlineData("v2.channel.k8s.io")]
    [InlineData("v3.channel.k8s.io")]
    public async Task Before_v4_success_is_silence_and_failure_bare_text(string protocol)
    {
        await using (var server = await ExecServer.StartAsync(protocol, s_pipes, s_pipeTypes))
        {
            Assert.Empty(await server.EndAsync(RemoteCommandStatus.Success));
            Assert.True(server.Client.HasFin(server.Ids["error"]));
        }

        await using (var server = await ExecServer.StartAsync(protocol, s_pipes, s_pipeTypes))
        {
            Assert.Equal("Internal error occurred: no", await server.EndAsync(RemoteCommandStatus.Failure("no")));
        }
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X13")]
    public async Task After_the_half_close_of_stdin_output_and_status_still_come()
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, s_pipeTypes);
        await server.Client.SendAsync(SpdyBytes.Data(server.Ids["stdin"], "in"u8), SpdyBytes.Data(server.Ids["stdin"], [], isFin: true));
        Assert.Equal("in"u8.ToArray(), await server.Session.Stdin!.ReadToEndAsync());
        await server.Session.Stdout!.WriteTextAsync("later");
        Assert.Contains("Success", await server.EndAsync(RemoteCommandStatus.Success));
        Assert.Equal("later", server.Client.TextOf(server.Ids["stdout"]));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X16")]
    [Trait("Item", "X19")]
    public async Task With_a_terminal_there_is_no_stderr_and_a_resize_stream_is_waited_for()
    {
        await using var server = await ExecServer.StartAsync(V4, s_terminal, s_terminalTypes);
        Assert.Null(server.Session.Stderr);
        Assert.NotNull(server.Session.Resizes);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task Before_v3_a_terminal_has_no_resize_stream()
    {
        await using var server = await ExecServer.StartAsync("v2.channel.k8s.io", s_terminal, ["error", "stdin", "stdout"]);
        Assert.Null(server.Session.Resizes);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X17")]
    public async Task Sizes_come_in_order_however_frames_cut_them()
    {
        await using var server = await ExecServer.StartAsync(V4, s_terminal, s_terminalTypes);
        var resize = server.Ids["resize"];
        await server.Client.SendAsync(
            SpdyBytes.Data(resize, "{\"Width\":120,\"Height\":40}\n{\"width\":1,\"HEIGHT\":2}\n{\"Wid"u8), SpdyBytes.Data(resize, "th\":0,\"Height\":65535}\n"u8));
        Assert.Equal(
            [new TerminalSize(120, 40), new TerminalSize(1, 2), new TerminalSize(0, 65535)],
            [await NextAsync(), await NextAsync(), await NextAsync()]);

        ValueTask<TerminalSize> NextAsync() => server.Session.Resizes!.ReadAsync(Deadline.Token());
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task Of_sizes_nobody_takes_the_latest_remain()
    {
        await using var server = await ExecServer.StartAsync(V4, s_terminal, s_terminalTypes);
        for (var width = 1; width <= 1000; width++)
        {
            await server.Client.SendAsync(SpdyBytes.Data(server.Ids["resize"], Encoding.UTF8.GetBytes($"{{\"Width\":{width},\"Height\":1}}\n")));
        }

        await server.Client.SendAsync(SpdyBytes.Data(server.Ids["resize"], [], isFin: true));
        await foreach (var size in server.Session.Resizes!.ReadAllAsync(Deadline.Token()))
        {
            if (size.Width == 1000)
            {
                return;
            }
        }

        Assert.Fail("The last size was lost.");
    }

    [Theory(Timeout = Deadline.Milliseconds)]
    [InlineData("nonsense")]
    [InlineData("[1,2]")]
    [InlineData("{\"Width\":70000}")]
    [InlineData("{\"Width\":\"wide\"}")]
    public async Task What_is_no_size_ends_resizing_but_not_the_session(string text)
    {
        await using var server = await ExecServer.StartAsync(V4, s_terminal, s_terminalTypes);
        await server.Client.SendAsync(SpdyBytes.Data(server.Ids["resize"], Encoding.UTF8.GetBytes(text)), SpdyBytes.Data(server.Ids["resize"], new byte[500_000]));
        Assert.False(await server.Session.Resizes!.WaitToReadAsync(Deadline.Token()));
        await server.Client.SendAsync(SpdyBytes.Data(server.Ids["stdin"], "go on"u8));
        Assert.Equal("go on", await server.Session.Stdin!.ReadTextAsync(5));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X18")]
    public async Task When_the_client_vanishes_stdin_ends_output_fails_and_the_token_says_so()
    {
        await using var server = await ExecServer.StartAsync(V4, s_terminal, s_terminalTypes);
        server.Client.Disconnect();
        Assert.Empty(await server.Session.Stdin!.ReadToEndAsync());
        Assert.True(server.Session.ClientGone.WaitHandle.WaitOne(Deadline.Milliseconds));
        Assert.False(await server.Session.Resizes!.WaitToReadAsync(Deadline.Token()));
        while (!(await server.Session.Stdout!.WriteAsync(new byte[1000], Deadline.Token())).IsCompleted)
        {
        }

        await server.Session.CompleteAsync(RemoteCommandStatus.Success, Deadline.Token());
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X18")]
    public async Task A_goodbye_of_the_client_counts_as_leaving()
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, s_pipeTypes);
        await server.Client.SendAsync(SpdyBytes.GoAway(0));
        Assert.True(server.Session.ClientGone.WaitHandle.WaitOne(Deadline.Milliseconds));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task Streams_nobody_asked_for_are_answered_and_a_second_one_of_a_type_is_refused()
    {
        await using var server = await ExecServer.StartAsync(V4, new() { Stdout = true }, ["error", "stdin", "mystery", "stdout"]);
        Assert.Null(server.Session.Stdin);
        var (late, frame) = server.Client.Open(("streamtype", "stdout"));
        await server.Client.SendAsync(frame, SpdyBytes.Data(server.Ids["stdin"], new byte[500_000]));
        await server.Client.ReadUntilAsync(f => f.Type == ClientFrame.RstStream && f.StreamId == late);
        Assert.Contains("Success", await server.EndAsync(RemoteCommandStatus.Success));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task Input_that_nobody_reads_does_not_keep_the_status_from_the_client()
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, s_pipeTypes, ExecServer.Options with { ReceiveBufferBytes = 4096 });
        var flood = Task.Run(() => server.Client.SendAsync([.. Enumerable.Range(0, 100).Select(_ => SpdyBytes.Data(server.Ids["stdin"], new byte[32 * 1024]))]));
        Assert.Contains("Success", await server.EndAsync(RemoteCommandStatus.Success));
        await Task.WhenAny(flood);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X23")]
    public async Task Completing_a_session_whose_client_does_not_read_ends_with_its_token()
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, s_pipeTypes);
        await FillAsync(server.Session.Stdout!);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.Session.CompleteAsync(RemoteCommandStatus.Failure("stopping"), stop.Token));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X23")]
    public async Task A_session_that_is_abandoned_while_somebody_writes_still_tells_its_status_before_the_goodbye()
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, s_pipeTypes);
        var written = server.Session.Stdout!.GetMemory();
        var ending = server.Session.AbandonAsync(RemoteCommandStatus.Failure("stopping"), Deadline.Token());
        await server.Client.ReadToEndAsync();
        await ending;
        Assert.Contains("\"status\":\"Failure\"", server.Client.TextOf(server.Ids["error"]));
        Assert.True(server.Client.HasReset(server.Ids["stdout"]));
        Assert.Equal(ClientFrame.GoAway, server.Client.Received[^1].Type);
        written.Span.Clear();
        server.Session.Stdout.Advance(1);
        Assert.True((await server.Session.Stdout.FlushAsync(Deadline.Token())).IsCompleted);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_cancelled_flush_stops_waiting_and_loses_nothing()
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, s_pipeTypes);
        var written = await FillAsync(server.Session.Stdout!);
        await server.EndAsync(RemoteCommandStatus.Success);
        Assert.Equal(written, server.Client.BytesOf(server.Ids["stdout"]).Length);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_cancelled_pending_flush_says_so_and_loses_nothing()
    {
        await using var server = await ExecServer.StartAsync(V4, s_pipes, s_pipeTypes);
        var output = server.Session.Stdout!;
        output.CancelPendingFlush();
        Assert.True((await output.WriteAsync("a"u8.ToArray(), Deadline.Token())).IsCanceled);
        Assert.False((await output.WriteAsync("b"u8.ToArray(), Deadline.Token())).IsCanceled);
        await server.EndAsync(RemoteCommandStatus.Success);
        Assert.Equal("ab", server.Client.TextOf(server.Ids["stdout"]));
    }

    /// <summary>Writes until the client's not reading stops it; how much it was.</summary>
    private static async Task<long> FillAsync(PipeWriter output)
    {
        using var stop = new CancellationTokenSource();
        var written = 0L;
        var blocked = Task.Run(async () =>
        {
            while (true)
            {
                written += 50_000;
                await output.WriteAsync(new byte[50_000], stop.Token);
            }
        });
        var last = -1L;
        while (last != (last = Volatile.Read(ref written)))
        {
            await Task.Delay(100);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
        return written;
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
