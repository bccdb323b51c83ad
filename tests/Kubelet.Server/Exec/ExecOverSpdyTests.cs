using System.Text;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Exec;

public sealed class ExecOverSpdyTests
{
    private const string Path = "/exec/ns/p/c?command=sh&input=1&output=1&error=1";

    private static readonly string[] s_pipes = ["error", "stdin", "stdout", "stderr"];

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X3")]
    [InlineData("v5.channel.k8s.io", "v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io")]
    [InlineData("v5.channel.k8s.io, v4.channel.k8s.io,v3.channel.k8s.io,v2.channel.k8s.io, channel.k8s.io")]
    public async Task The_upgrade_takes_v4_from_lines_and_lists(params string[] offers)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        foreach (var method in (string[])["POST", "GET"])
        {
            var (answer, _) = await kubelet.UpgradeAsync($"{method} {Path}", UpgradeHeaders.Spdy(offers));

            Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", answer.Head, StringComparison.Ordinal);
            Assert.Equal(["Upgrade"], answer.Headers("Connection"));
            Assert.Equal(["SPDY/3.1"], answer.Headers("Upgrade"));
            Assert.Equal(["v4.channel.k8s.io"], answer.Headers("X-Stream-Protocol-Version"));
        }
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X7")]
    public async Task Behind_the_101_comes_no_byte_before_the_clients_first_frame()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var (_, stream) = await kubelet.UpgradeAsync("POST " + Path, UpgradeHeaders.Spdy("v4.channel.k8s.io"));
        var first = stream.ReadAsync(new byte[1]).AsTask();

        await Assert.ThrowsAsync<TimeoutException>(() => first.WaitAsync(TimeSpan.FromMilliseconds(500)));

        await stream.WriteAsync(SpdyBytes.Ping(1));
        Assert.Equal(1, await first.WaitAsync(Deadline.Short));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X9")]
    public async Task A_client_that_opens_only_the_error_stream_is_closed_after_thirty_seconds_and_nothing_is_run()
    {
        var clock = new FakeTimeProvider();
        await using var kubelet = await TestKubelet.StartAsync(time: clock);
        var session = await SpdySession.OpenAsync(kubelet, Path, "error");

        clock.Advance(TimeSpan.FromSeconds(29));
        await session.Client.SendAsync(SpdyBytes.Ping(1));
        await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.Ping);
        clock.Advance(TimeSpan.FromSeconds(1));
        await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.GoAway);
        session.Client.Disconnect();

        Assert.Empty(kubelet.Provider.Execs);
        await Waiting.UntilAsync(() => kubelet.Log.Entries.Any(e => e.Text.Contains("NotOpened", StringComparison.Ordinal)));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X10")]
    [Trait("Item", "X8")]
    public async Task Output_ends_then_comes_the_status_then_the_goodbye_whatever_the_order_of_streams()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.Print("out", "err", 0);
        var session = await SpdySession.OpenAsync(kubelet, Path, "stderr", "stdout", "stdin", "error");

        var status = await session.EndAsync();

        Assert.Equal("Success", status.GetProperty("status").GetString());
        Assert.Equal(("out", "err"), (session.TextOf("stdout"), session.TextOf("stderr")));
        var frames = session.Client.Received;
        var statusAt = frames.FindIndex(f => f.Type == ClientFrame.Data && f.StreamId == session.Ids["error"]);
        Assert.True(FinAt("stdout") < statusAt && FinAt("stderr") < statusAt && statusAt <= FinAt("error"));
        Assert.Equal(ClientFrame.GoAway, frames[^1].Type);

        int FinAt(string type) => frames.FindIndex(f => f.Type == ClientFrame.Data && f.StreamId == session.Ids[type] && f.IsFin);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X11")]
    [InlineData(3)]
    [InlineData(137)]
    public async Task An_exit_code_reaches_the_client(int code)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.Print("", "", code);

        var status = await (await SpdySession.OpenAsync(kubelet, Path, s_pipes)).EndAsync();

        Assert.Equal("NonZeroExitCode", status.GetProperty("reason").GetString());
        var cause = status.GetProperty("details").GetProperty("causes")[0];
        Assert.Equal(("ExitCode", $"{code}"), (cause.GetProperty("reason").GetString(), cause.GetProperty("message").GetString()));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X12")]
    [InlineData(ProviderErrorKind.Invalid)]
    [InlineData(ProviderErrorKind.NotFound)]
    [InlineData(ProviderErrorKind.NotRunning)]
    [InlineData(ProviderErrorKind.Unavailable)]
    public async Task What_the_provider_cannot_do_is_a_failure_in_its_own_words_and_never_looks_like_success(ProviderErrorKind kind)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = (_, _, _) => throw new ProviderException(kind, "sh: no such file or directory");

        var status = await (await SpdySession.OpenAsync(kubelet, Path, s_pipes)).EndAsync();

        Assert.Equal(("Failure", "InternalError"), (status.GetProperty("status").GetString(), status.GetProperty("reason").GetString()));
        Assert.Equal(
            "Internal error occurred: error executing command in container: sh: no such file or directory", status.GetProperty("message").GetString());
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unforeseen_error_is_a_failure_that_gives_nothing_away(bool isWrongCode)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = (_, _, _) => isWrongCode ? Task.FromResult(256) : throw new InvalidOperationException("secret detail");

        var status = await (await SpdySession.OpenAsync(kubelet, Path, s_pipes)).EndAsync();

        Assert.Equal(
            "Internal error occurred: error executing command in container: the agent's log has the reason", status.GetProperty("message").GetString());
        Assert.Contains(kubelet.Log.Entries, e => e.Level == Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X13")]
    public async Task The_end_of_stdin_reaches_the_command_and_its_output_and_status_still_come()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = async (_, streams, cancellationToken) =>
        {
            await Commands.CatAsync(null!, streams, cancellationToken);
            await Commands.PrintAsync(streams.Stdout, " and on", cancellationToken);
            return 4;
        };
        var session = await SpdySession.OpenAsync(kubelet, Path, s_pipes);
        await session.SendAsync("stdin", "in");
        await session.SendAsync("stdin", "put", isLast: true);

        var status = await session.EndAsync();

        Assert.Equal("input and on", session.TextOf("stdout"));
        Assert.Equal("4", status.GetProperty("details").GetProperty("causes")[0].GetProperty("message").GetString());
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X14")]
    public async Task Megabytes_go_both_ways_at_once_unchanged()
    {
        const int Chunks = 1024, ChunkBytes = 32 * 1024;
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.CatAsync;
        var session = await SpdySession.OpenAsync(kubelet, Path, s_pipes);
        var sent = new byte[Chunks * ChunkBytes];
        new Random(1).NextBytes(sent);

        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Chunks; i++)
            {
                await session.Client.SendAsync(SpdyBytes.Data(session.Ids["stdin"], sent.AsSpan(i * ChunkBytes, ChunkBytes), isFin: i == Chunks - 1));
            }
        });
        var status = await session.EndAsync();
        await sending;

        Assert.Equal("Success", status.GetProperty("status").GetString());
        Assert.True(sent.AsSpan().SequenceEqual(session.Client.BytesOf(session.Ids["stdout"])));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X16")]
    [Trait("Item", "X17")]
    public async Task With_a_terminal_stderr_is_dropped_and_sizes_reach_the_provider_in_order()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = async (request, streams, cancellationToken) =>
        {
            var first = await streams.Resizes!.ReadAsync(cancellationToken);
            var second = await streams.Resizes.ReadAsync(cancellationToken);
            await Commands.PrintAsync(streams.Stdout, $"{request.Tty} {streams.Stderr is null} {first.Height} {first.Width} {second}", cancellationToken);
            return 0;
        };
        var session = await SpdySession.OpenAsync(kubelet, Path + "&tty=1", "error", "stdin", "stdout", "resize");
        await session.SendAsync("resize", "{\"Width\":120,\"Height\":40}\n{\"Width\":1,\"Hei");
        await session.SendAsync("resize", "ght\":2}\n");

        var status = await session.EndAsync();

        Assert.Equal("Success", status.GetProperty("status").GetString());
        Assert.Equal("True True 40 120 " + new TerminalSize(1, 2), session.TextOf("stdout"));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X18")]
    public async Task When_the_client_vanishes_stdin_ends_and_the_call_is_cancelled()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        kubelet.Provider.Exec = async (request, streams, cancellationToken) =>
        {
            await Commands.PrintAsync(streams.Stdout, "ready", cancellationToken);
            Assert.True((await streams.Stdin!.ReadAsync(CancellationToken.None)).IsCompleted);
            ended.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        };
        var session = await SpdySession.OpenAsync(kubelet, Path, s_pipes);
        await session.ReadAsync("stdout", "ready");

        session.Client.Disconnect();

        await ended.Task.WaitAsync(Deadline.Short);
        await Waiting.UntilAsync(() => kubelet.Provider.Running == 0);
        await Waiting.UntilAsync(() => kubelet.Log.Entries.Any(e => e.Text.Contains("ClientGone", StringComparison.Ordinal)));
        Assert.DoesNotContain(kubelet.Log.Entries, e => e.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X21")]
    public async Task A_session_outlives_the_time_of_an_answer_while_it_is_used_and_ends_when_it_is_idle()
    {
        var clock = new FakeTimeProvider();
        await using var kubelet = await TestKubelet.StartAsync(time: clock);
        kubelet.Provider.Exec = Commands.SleepAsync;
        var session = await SpdySession.OpenAsync(kubelet, Path, s_pipes);
        await session.ReadAsync("stdout", "ready");

        for (var i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromHours(3));
            var seen = session.Client.Received.Count;
            await session.Client.SendAsync(SpdyBytes.Ping(((uint)i * 2) + 1));
            await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.Ping);
            Assert.True(session.Client.Received.Count > seen);
        }

        Assert.Equal(1, kubelet.Provider.Running);
        clock.Advance(TimeSpan.FromHours(4));
        await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.GoAway);
        session.Client.Disconnect();
        await Waiting.UntilAsync(() => kubelet.Provider.Running == 0);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X22")]
    [Trait("Item", "X24")]
    public async Task Arguments_reach_the_provider_as_they_are_with_the_pods_identity()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var path = "/exec/ns/p/uid-1/c?command=sh&command=-c&command=a%20b+c&command=&command=%22%24x%22&error=1&output=1";

        await (await SpdySession.OpenAsync(kubelet, path, "error", "stdout", "stderr")).EndAsync();

        var request = Assert.Single(kubelet.Provider.Execs);
        Assert.Equal(["sh", "-c", "a b c", "", "\"$x\""], request.Command);
        Assert.Equal((new WorkloadId("ns", "p", "uid-1"), "c", false), (request.Workload, request.Container, request.Tty));
        Assert.DoesNotContain(kubelet.Log.Entries, e => e.Text.Contains("a b c", StringComparison.Ordinal));
        Assert.Contains(kubelet.Log.Entries, e => e.Text.Contains("Exec in ns/p (uid-1), container c began for vk-slurm:token-file", StringComparison.Ordinal));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X23")]
    public async Task A_stopping_server_tells_the_client_of_a_failure_and_says_goodbye()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.SleepAsync;
        var session = await SpdySession.OpenAsync(kubelet, Path, s_pipes);
        await session.ReadAsync("stdout", "ready");

        var stopping = kubelet.Server.StopAsync(CancellationToken.None);
        var status = await session.EndAsync();
        session.Client.Disconnect();
        await stopping.WaitAsync(Deadline.Short);

        Assert.Equal("Failure", status.GetProperty("status").GetString());
        Assert.EndsWith("error executing command in container: the node agent is stopping", status.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(ClientFrame.GoAway, session.Client.Received[^1].Type);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X23")]
    public async Task A_command_that_ends_with_zero_because_the_server_stops_has_failed()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = async (request, streams, cancellationToken) =>
        {
            await Commands.PrintAsync(streams.Stdout, "ready", cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            return 0;
        };
        var session = await SpdySession.OpenAsync(kubelet, Path, s_pipes);
        await session.ReadAsync("stdout", "ready");

        var stopping = kubelet.Server.StopAsync(CancellationToken.None);

        Assert.Equal("Failure", (await session.EndAsync()).GetProperty("status").GetString());
        await stopping.WaitAsync(Deadline.Short);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X23")]
    public async Task A_call_that_does_not_end_holds_up_neither_the_stop_nor_the_status()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var release = new TaskCompletionSource();
        kubelet.Provider.Exec = async (request, streams, cancellationToken) =>
        {
            await Commands.PrintAsync(streams.Stdout, "ready", cancellationToken);
            await release.Task;
            return 0;
        };
        var session = await SpdySession.OpenAsync(kubelet, Path, s_pipes);
        await session.ReadAsync("stdout", "ready");

        var stopping = kubelet.Server.StopAsync(CancellationToken.None);

        Assert.Equal("Failure", (await session.EndAsync()).GetProperty("status").GetString());
        await stopping.WaitAsync(Deadline.Long);
        release.SetResult();
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X4")]
    public async Task An_old_client_gets_a_failure_as_plain_text()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.Print("", "", 3);
        var client = await kubelet.SpdyAsync("/exec/ns/p/c?command=false&output=1", "channel.k8s.io");
        var error = await client.OpenAsync("error");
        await client.OpenAsync("stdout");

        await client.ReadToEndAsync();

        Assert.Contains("command terminated with non-zero exit code", client.TextOf(error), StringComparison.Ordinal);
        Assert.DoesNotContain("{", Encoding.UTF8.GetString(client.BytesOf(error)), StringComparison.Ordinal);
    }
}
