using System.IO.Pipelines;
using VirtualKubelet.Kubelet.Client.Tests.Support;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Client.Tests;

/// <summary>Exec and attach against the server's side of our own streaming, over TLS and Kestrel.</summary>
public sealed class ExecTests
{
    private const int TestMilliseconds = 60_000;

    private static readonly ExecRequest Cat = new("ns", "p", "c", ["cat"]) { Stdin = true };

    [Fact(Timeout = TestMilliseconds)]
    [Trait("Item", "W2")]
    [Trait("Item", "W6")]
    public async Task Input_output_and_exit_code_travel_and_the_end_of_the_input_is_told()
    {
        await using var kubelet = await ExecKubelet.StartAsync(ExecKubelet.CatAsync);
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(Cat, CancellationToken.None);

        Assert.True(session.CanCloseStdin);
        await session.Stdin!.WriteTextAsync("hello");
        Assert.Equal("hello", await session.Stdout!.TextAsync(5));
        await session.Stdin!.CompleteAsync();

        Assert.Equal(("", "done\n"), (await session.Stdout!.TextAsync(), await session.Stderr!.TextAsync()));
        var result = await session.Completion;
        Assert.Equal((RemoteCommandOutcome.Exited, 3), (result.Outcome, result.ExitCode));
        Assert.Equal(3, result.RequireExitCode());
        Assert.Equal("/exec/ns/p/c?command=cat&error=1&input=1&output=1", Assert.Single(kubelet.Requests));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_kubelet_that_knows_v4_only_is_spoken_to_but_cannot_be_told_the_end_of_the_input()
    {
        await using var kubelet = await ExecKubelet.StartAsync(
            async session =>
            {
                Assert.Equal("hello", await session.Stdin!.TextAsync(5));
                await session.Stdout!.WriteTextAsync("bye");
                var more = await session.Stdin!.ReadAsync();
                return more.IsCompleted ? RemoteCommandStatus.Failure("saw an end") : RemoteCommandStatus.Success;
            },
            ExecKubelet.V4);
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(Cat, CancellationToken.None);

        Assert.False(session.CanCloseStdin);
        await session.Stdin!.WriteTextAsync("hello");
        Assert.Equal("bye", await session.Stdout!.TextAsync(3));
        await session.Stdin!.WriteTextAsync("!");
        await session.Stdin!.CompleteAsync();

        Assert.Equal(0, (await session.Completion).ExitCode);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_command_that_could_not_be_run_is_a_failure_with_the_kubelets_words()
    {
        await using var kubelet = await ExecKubelet.StartAsync(_ => Task.FromResult<RemoteCommandStatus?>(RemoteCommandStatus.Failure("no such file")));
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(Cat, CancellationToken.None);

        var result = await session.Completion;

        Assert.Equal((RemoteCommandOutcome.Failed, null, "Internal error occurred: no such file"), (result.Outcome, result.ExitCode, result.Message));
        Assert.Equal(result.Message, Assert.Throws<IOException>(() => result.RequireExitCode()).Message);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_dropped_connection_is_an_error_after_its_output()
    {
        await using var kubelet = await ExecKubelet.StartAsync(async session =>
        {
            await session.Stdout!.WriteTextAsync("part");
            return null;
        });
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(Cat, CancellationToken.None);

        var result = await session.Completion;

        Assert.Equal((RemoteCommandOutcome.ConnectionLost, null), (result.Outcome, result.ExitCode));
        Assert.Equal("part", await session.Stdout!.TextAsync());
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Output_stays_readable_after_completion_and_disposal()
    {
        await using var kubelet = await ExecKubelet.StartAsync(async session =>
        {
            await session.Stdout!.WriteTextAsync("all of it");
            await session.Stderr!.WriteTextAsync("and this");
            return RemoteCommandStatus.Success;
        });
        using var client = new KubeletClient(kubelet.Options);
        var session = await client.ExecAsync(new ExecRequest("ns", "p", "c", ["x"]), CancellationToken.None);

        Assert.Null(session.Stdin);
        Assert.Equal(0, (await session.Completion).ExitCode);
        await session.DisposeAsync();

        Assert.Equal(("all of it", "and this"), (await session.Stdout!.TextAsync(), await session.Stderr!.TextAsync()));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_slow_reader_holds_the_command_back_and_loses_nothing()
    {
        const int Total = 16 * 1024 * 1024;
        var sent = 0L;
        await using var kubelet = await ExecKubelet.StartAsync(async session =>
        {
            var block = new byte[32 * 1024];
            for (; sent < Total; Interlocked.Add(ref sent, block.Length))
            {
                Array.Fill(block, (byte)(sent / block.Length));
                await session.Stdout!.WriteAsync(block);
            }

            return RemoteCommandStatus.Exited(7);
        });
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(new ExecRequest("ns", "p", "c", ["x"]), CancellationToken.None);

        await session.Stdout!.ReadAtLeastAsync(1);
        session.Stdout!.AdvanceTo(default);
        long before;
        do
        {
            before = Interlocked.Read(ref sent);
            await Task.Delay(200);
        }
        while (before == 0 || before != Interlocked.Read(ref sent));

        Assert.True(before < Total, $"{before} bytes were sent to nobody");
        Assert.False(session.Completion.IsCompleted);
        var all = await session.Stdout!.BytesAsync();
        Assert.Equal(Total, all.Length);
        Assert.True(all.Index().All(b => b.Item == (byte)(b.Index / (32 * 1024))));
        Assert.Equal(7, (await session.Completion).ExitCode);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Output_nobody_wants_is_discarded_once_its_reader_is_completed()
    {
        await using var kubelet = await ExecKubelet.StartAsync(async session =>
        {
            await session.Stdout!.WriteAsync(new byte[4 * 1024 * 1024]);
            return RemoteCommandStatus.Exited(7);
        });
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(new ExecRequest("ns", "p", "c", ["x"]), CancellationToken.None);

        await session.Stdout!.CompleteAsync();

        Assert.Equal(7, (await session.Completion).ExitCode);
    }

    [Fact(Timeout = TestMilliseconds)]
    [Trait("Item", "X14")]
    public async Task Much_goes_both_ways_at_once_unchanged()
    {
        const int Total = 32 * 1024 * 1024;
        await using var kubelet = await ExecKubelet.StartAsync(ExecKubelet.CatAsync);
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(Cat, CancellationToken.None);
        var bytes = new byte[Total];
        new Random(1).NextBytes(bytes);

        var sending = Task.Run(async () =>
        {
            await session.Stdin!.AsStream().WriteAsync(bytes);
            await session.Stdin!.CompleteAsync();
        });
        var received = await session.Stdout!.BytesAsync();
        await sending;

        Assert.True(bytes.AsSpan().SequenceEqual(received));
        Assert.Equal(3, (await session.Completion).ExitCode);
    }

    [Fact(Timeout = TestMilliseconds)]
    [Trait("Item", "W9")]
    public async Task A_terminal_has_one_output_and_learns_its_size()
    {
        await using var kubelet = await ExecKubelet.StartAsync(async session =>
        {
            Assert.Null(session.Stderr);
            var first = await session.Resizes!.ReadAsync();
            var second = await session.Resizes!.ReadAsync();
            await session.Stdout!.WriteTextAsync($"{first.Width}x{first.Height} {second.Width}x{second.Height}");
            return RemoteCommandStatus.Success;
        });
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(Cat with { Tty = true }, CancellationToken.None);

        Assert.Null(session.Stderr);
        await session.ResizeAsync(new TerminalSize(80, 24), CancellationToken.None);
        await session.ResizeAsync(new TerminalSize(120, 40), CancellationToken.None);

        Assert.Equal("80x24 120x40", await session.Stdout!.TextAsync());
        Assert.Equal(0, (await session.Completion).ExitCode);
        await session.ResizeAsync(new TerminalSize(1, 1), CancellationToken.None);
        Assert.Equal("/exec/ns/p/c?command=cat&input=1&output=1&tty=1", Assert.Single(kubelet.Requests));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Without_a_terminal_there_is_nothing_to_resize()
    {
        await using var kubelet = await ExecKubelet.StartAsync(_ => Task.FromResult<RemoteCommandStatus?>(RemoteCommandStatus.Success));
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(Cat, CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(() => session.ResizeAsync(new TerminalSize(1, 1), CancellationToken.None));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_command_that_ends_while_input_is_still_sent_has_its_exit_code()
    {
        await using var kubelet = await ExecKubelet.StartAsync(_ => Task.FromResult<RemoteCommandStatus?>(RemoteCommandStatus.Exited(9)));
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(Cat, CancellationToken.None);

        FlushResult flush;
        do
        {
            flush = await session.Stdin!.WriteAsync(new byte[64 * 1024]);
        }
        while (!flush.IsCompleted);

        Assert.Equal(9, (await session.Completion).ExitCode);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Disposing_a_session_ends_it_at_the_kubelet_although_nobody_reads()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var kubelet = await ExecKubelet.StartAsync(async session =>
        {
            while (!(await session.Stdout!.WriteAsync(new byte[64 * 1024])).IsCompleted)
            {
            }

            gone.SetResult();
            return null;
        });
        using var client = new KubeletClient(kubelet.Options);
        var session = await client.ExecAsync(Cat, CancellationToken.None);
        await session.Stdout!.ReadAtLeastAsync(1024);
        session.Stdout!.AdvanceTo(default);

        await session.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        await gone.Task;
        Assert.Equal(RemoteCommandOutcome.ConnectionLost, (await session.Completion).Outcome);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Attach_has_no_command_and_names_the_pods_uid_when_given()
    {
        await using var kubelet = await ExecKubelet.StartAsync(ExecKubelet.CatAsync);
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.AttachAsync(new AttachRequest("n s", "p", "c") { Uid = "u-1", Stdin = true, Stderr = false }, CancellationToken.None);

        await session.Stdin!.CompleteAsync();

        Assert.Equal(3, (await session.Completion).ExitCode);
        Assert.Equal("/attach/n%20s/p/u-1/c?input=1&output=1", Assert.Single(kubelet.Requests));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Sessions_outlive_their_client()
    {
        await using var kubelet = await ExecKubelet.StartAsync(ExecKubelet.CatAsync);
        var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ExecAsync(Cat, CancellationToken.None);

        client.Dispose();
        await session.Stdin!.WriteTextAsync("still here");
        await session.Stdin!.CompleteAsync();

        Assert.Equal("still here", await session.Stdout!.TextAsync());
        Assert.Equal(3, (await session.Completion).ExitCode);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Fifty_sessions_run_side_by_side()
    {
        await using var kubelet = await ExecKubelet.StartAsync(ExecKubelet.CatAsync);
        using var client = new KubeletClient(kubelet.Options);

        var texts = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await using var session = await client.ExecAsync(Cat, CancellationToken.None);
            await session.Stdin!.WriteTextAsync($"session {i}");
            await session.Stdin!.CompleteAsync();
            return await session.Stdout!.TextAsync();
        }));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"session {i}"), texts);
    }
}
