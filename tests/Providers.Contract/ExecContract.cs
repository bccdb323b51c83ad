using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Contract;

/// <summary>Commands in running containers.</summary>
public abstract class ExecContract(IProviderHost host) : ProviderContractTests(host)
{
    [Fact(Timeout = Deadline)]
    [Trait("Item", "X10")]
    [Trait("Item", "X11")]
    public async Task Exit_codes_and_signals_come_back_with_all_the_output()
    {
        var workload = await SleepAsync();

        Assert.Equal((0, "out\n", "err\n"), await ShellAsync(workload, "echo out; echo err >&2"));
        Assert.Equal((3, "no newline", ""), await ShellAsync(workload, "printf 'no newline'; exit 3"));
        Assert.Equal((255, "", ""), await ShellAsync(workload, "exit 255"));
        Assert.Equal((137, "", ""), await ShellAsync(workload, "kill -9 $$"));
        Assert.Equal((143, "", ""), await ShellAsync(workload, "kill -15 $$"));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X12")]
    public async Task A_command_that_cannot_be_started_is_an_error_in_words()
    {
        var workload = await SleepAsync();
        var file = Scratch("no-program");
        await File.WriteAllTextAsync(file, "\u007fELF but no more");

        var missing = await RefusedAsync(ProviderErrorKind.Invalid, () => ExecAsync(workload, new StreamProbe().Output, "no-such-command", "x"));
        Assert.Contains("\"no-such-command\": executable file not found in $PATH", missing.Message, StringComparison.Ordinal);
        var absent = await RefusedAsync(ProviderErrorKind.Invalid, () => ExecAsync(workload, new StreamProbe().Output, "/no/such/file"));
        Assert.Contains("no such file", absent.Message, StringComparison.Ordinal);
        await RefusedAsync(ProviderErrorKind.Invalid, () => ExecAsync(workload, new StreamProbe().Output, file));
        await RefusedAsync(ProviderErrorKind.Invalid, () => ExecAsync(workload, new StreamProbe().Output, "a\0b"));
        await RefusedAsync(ProviderErrorKind.Invalid, () => ExecAsync(workload, new StreamProbe().Output));
        await RefusedAsync(ProviderErrorKind.Invalid, () => ExecAsync(workload, new StreamProbe().Terminal, "/tmp"));
    }

    [Fact(Timeout = Deadline)]
    public async Task What_is_not_there_or_does_not_run_is_told_apart()
    {
        var workload = await SleepAsync();
        var ended = await RunAsync("true");
        await WaitForEndAsync(ended);

        await RefusedAsync(ProviderErrorKind.NotFound, () => ExecAsync(TestPod.Of(TestPod.Shell("true")), new StreamProbe().Output, "true"));
        await RefusedAsync(ProviderErrorKind.NotFound, () => ExecAsync(workload, "other", new StreamProbe().Output, "true"));
        await RefusedAsync(ProviderErrorKind.NotRunning, () => ExecAsync(ended, new StreamProbe().Output, "true"));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X22")]
    public async Task Arguments_environment_and_directory_are_the_containers()
    {
        var workload = await CreateAsync(TestPod.Of(TestPod.Shell("sleep 600") with
        {
            Env = [new EnvVar { Name = "WHO", Value = "a b\n$(c)" }],
            WorkingDir = Path.GetDirectoryName(Scratch("x")),
        }));
        await WaitForPhaseAsync(workload, PodPhases.Running);
        var probe = new StreamProbe();

        var code = await ExecAsync(workload, probe.Output, "/bin/sh", "-c", "printf '%s|' \"$WHO\" \"$PWD\" \"$0\" \"$@\"", "a b", "", "*", "é");

        Assert.Equal(0, code);
        Assert.Equal($"a b\n$(c)|{Path.GetDirectoryName(Scratch("x"))}|a b||*|é|", (await probe.TextAsync()).Stdout);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X13")]
    public async Task The_end_of_stdin_reaches_the_command_and_its_output_goes_on()
    {
        var workload = await SleepAsync();
        var probe = new StreamProbe();

        var exec = ExecAsync(workload, probe.WithInput, "/bin/sh", "-c", "cat; echo end; sleep 0.1; echo later");
        await probe.TypeAsync("typed\n");
        await probe.WaitForAsync("typed\n");
        await probe.Stdin.CompleteAsync();

        Assert.Equal(0, await exec);
        Assert.Equal("end\nlater\n", (await probe.TextAsync()).Stdout);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_command_without_stdin_reads_nothing()
    {
        var workload = await SleepAsync();

        Assert.Equal((0, "done\n", ""), await ShellAsync(workload, "cat; echo done"));
    }

    [Fact(Timeout = Deadline)]
    public async Task Input_that_nobody_reads_does_not_keep_the_command_from_ending()
    {
        var workload = await SleepAsync();
        var endless = new Pipe();
        var writing = Task.Run(async () =>
        {
            var block = new byte[64 * 1024];
            while (!(await endless.Writer.WriteAsync(block)).IsCompleted)
            {
            }
        });

        var code = await ExecAsync(workload, new ContainerStreams { Stdin = endless.Reader }, "/bin/sh", "-c", "exec <&-; sleep 0.2; exit 4");

        Assert.Equal(4, code);
        await endless.Reader.CompleteAsync();
        await writing.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory(Timeout = Deadline)]
    [Trait("Item", "X14")]
    [InlineData(100)]
    public async Task A_hundred_mebibytes_go_both_ways_at_once_unchanged(int mebibytes)
    {
        var workload = await SleepAsync();
        var input = new Pipe();
        var output = new Pipe();
        var sent = SendRandomAsync(input.Writer, mebibytes);
        var received = HashAsync(output.Reader);

        var code = await ExecAsync(workload, new ContainerStreams { Stdin = input.Reader, Stdout = output.Writer }, "cat");

        await output.Writer.CompleteAsync();
        Assert.Equal(0, code);
        Assert.Equal(await sent, await received);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X17")]
    public async Task A_terminal_has_a_size_and_takes_another_one()
    {
        var workload = await SleepAsync();
        var probe = new StreamProbe();
        probe.Resize(120, 40);

        var exec = ExecAsync(workload, tty: true, probe.Terminal, "/bin/sh");
        await probe.TypeAsync("tty >/dev/null && stty size; echo $TERM; echo error >&2\n");
        await probe.WaitForAsync("40 120\r\nxterm\r\nerror\r\n");
        probe.Resize(81, 25);
        await probe.TypeAsync("while [ \"$(stty size)\" != '25 81' ]; do sleep 0.02; done; stty size\n");
        await probe.WaitForAsync("25 81\r\n");
        await probe.TypeAsync("exit 7\n");

        Assert.Equal(7, await exec);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_interactive_shell_prompts_at_once_and_has_job_control()
    {
        var workload = await SleepAsync();
        var probe = new StreamProbe();

        var exec = ExecAsync(workload, tty: true, probe.Terminal, "/bin/bash", "--norc", "-i");
        await probe.WaitForAsync("bash-");
        await probe.TypeAsync("PS1='> '; sh -c 'echo o''ne; exec sleep 600'\n");
        await probe.WaitForAsync("one\r\n");
        await probe.TypeAsync("\u0003");
        await probe.WaitForAsync("> ");
        await probe.TypeAsync("echo \"code $?\"\n");
        await probe.WaitForAsync("code 130\r\n");
        await probe.TypeAsync("sh -c 'echo t''wo; exec sleep 601'\n");
        await probe.WaitForAsync("two\r\n");
        await probe.TypeAsync("\u001a");
        await probe.WaitForAsync("Stopped");

        // Disowned, as bash does not leave while it has not heard of the end of a stopped job.
        await probe.TypeAsync("kill -9 %1; disown %1; exit 9\n");

        Assert.Equal(9, await exec);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X18")]
    public async Task A_command_whose_caller_left_is_ended()
    {
        var workload = await SleepAsync();
        using var leaving = new CancellationTokenSource();
        var probe = new StreamProbe();

        var exec = Provider.ExecAsync(
            Request(workload, "/bin/sh", "-c", $"trap 'echo TERM >{Scratch("term")}; exit' TERM; trap '' HUP; echo $$; while :; do sleep 0.05; done"), probe.Output, leaving.Token);
        await probe.WaitForAsync("\n");
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exec);
        await WaitForFileAsync(Scratch("term"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_command_that_ignores_its_callers_leaving_is_killed()
    {
        var workload = await SleepAsync();
        using var leaving = new CancellationTokenSource();
        var probe = new StreamProbe();

        var exec = Provider.ExecAsync(
            Request(workload, "/bin/sh", "-c", $"trap '' TERM HUP; echo >>{Scratch("beats")}; echo ready; while :; do echo >>{Scratch("beats")}; sleep 0.02; done"), probe.Output, leaving.Token);
        await probe.WaitForAsync("ready\n");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exec);

        var beats = new FileInfo(Scratch("beats"));
        var quiet = Stopwatch.StartNew();
        var length = beats.Length;
        while (quiet.Elapsed < TimeSpan.FromMilliseconds(400))
        {
            await Task.Delay(20);
            beats.Refresh();
            if (beats.Length != length)
            {
                length = beats.Length;
                quiet.Restart();
            }
        }
    }

    [Fact(Timeout = Deadline)]
    public async Task A_stalled_reader_delays_nobody_else()
    {
        var workload = await SleepAsync();
        using var leaving = new CancellationTokenSource();
        var stalled = new StreamProbe(patient: false);
        var blocked = Provider.ExecAsync(Request(workload, "cat", "/dev/zero"), stalled.Output, leaving.Token);
        await stalled.Stdout.ReadAsync();

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal((0, "x\n", ""), await ShellAsync(workload, "echo x"));
        }

        Assert.False(blocked.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_hundred_commands_at_once_get_what_is_theirs()
    {
        var workload = await SleepAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => ShellAsync(workload, $"echo {i}; exit {i}")));

        Assert.All(results.Index(), r => Assert.Equal((r.Index, $"{r.Index}\n", ""), r.Item));
    }

    [Fact(Timeout = Deadline)]
    public async Task The_end_of_the_workload_is_never_a_success_of_its_commands()
    {
        var workload = await SleepAsync();
        var probe = new StreamProbe();
        var exec = ExecAsync(workload, probe.Output, "/bin/sh", "-c", "echo ready; sleep 600");
        await probe.WaitForAsync("ready\n");

        await DeleteAsync(workload, graceSeconds: 0);

        var code = 0;
        var failure = await Record.ExceptionAsync(async () => code = await exec.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(failure is ProviderException { Kind: ProviderErrorKind.Unavailable } || code is 129 or 137 or 143, $"{code} {failure}");
    }

    private protected async Task<Workload> SleepAsync()
    {
        var workload = await RunAsync("sleep 600");
        await WaitForPhaseAsync(workload, PodPhases.Running);
        return workload;
    }

    private static ExecRequest Request(Workload workload, params string[] command) => new() { Workload = workload.Id, Container = "main", Command = command };

    private Task<int> ExecAsync(Workload workload, ContainerStreams streams, params string[] command) =>
        Provider.ExecAsync(Request(workload, command), streams, CancellationToken.None);

    private Task<int> ExecAsync(Workload workload, bool tty, ContainerStreams streams, params string[] command) =>
        Provider.ExecAsync(Request(workload, command) with { Tty = tty }, streams, CancellationToken.None);

    private Task<int> ExecAsync(Workload workload, string container, ContainerStreams streams, params string[] command) =>
        Provider.ExecAsync(Request(workload, command) with { Container = container }, streams, CancellationToken.None);

    private async Task<(int Code, string Stdout, string Stderr)> ShellAsync(Workload workload, string script)
    {
        var probe = new StreamProbe();
        var code = await ExecAsync(workload, probe.Output, "/bin/sh", "-c", script);
        var (stdout, stderr) = await probe.TextAsync();
        return (code, stdout, stderr);
    }

    private static async Task<string> SendRandomAsync(PipeWriter to, int mebibytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[1 << 20];
        for (var i = 0; i < mebibytes; i++)
        {
            Random.Shared.NextBytes(block);
            hash.AppendData(block);
            await to.WriteAsync(block);
        }

        await to.CompleteAsync();
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static async Task<string> HashAsync(PipeReader from)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var read = await from.ReadAsync();
            foreach (var segment in read.Buffer)
            {
                hash.AppendData(segment.Span);
            }

            from.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return Convert.ToHexString(hash.GetHashAndReset());
            }
        }
    }
}
