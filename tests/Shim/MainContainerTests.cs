using VirtualKubelet.Testing;

using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

public sealed class MainContainerTests
{
    [Fact(Timeout = 60_000)]
    public async Task Main_containers_run_side_by_side()
    {
        await using var pod = new TestPod();
        string Meet(string mine, string other) => $"echo > {pod.Scratch(mine)}; until test -e {pod.Scratch(other)}; do sleep 0.02; done";

        var (code, _) = await pod.RunAsync(TestPod.Plan(Shell("a", Meet("a", "b")), Shell("b", Meet("b", "a"))));

        Assert.Equal(0, code);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0, "Completed")]
    [InlineData(1, "Error")]
    [InlineData(42, "Error")]
    [InlineData(255, "Error")]
    public async Task The_exit_code_is_the_containers(int code, string reason)
    {
        await using var pod = new TestPod();
        var before = DateTimeOffset.UtcNow;

        var (shimCode, state) = await pod.RunAsync(TestPod.Plan(Shell("main", $"exit {code}")));

        var ended = state.Containers[0].Terminated!;
        Assert.Equal(code, shimCode);
        Assert.Equal((code, reason, (int?)null), (ended.ExitCode, ended.Reason, ended.Signal));
        Assert.InRange(ended.StartedAt!.Value, before, ended.FinishedAt);
        Assert.InRange(ended.FinishedAt, ended.StartedAt.Value, state.FinishedAt!.Value);
        Assert.InRange(state.StartedAt, before, ended.StartedAt.Value);
        Assert.Equal(("4711", "n0", "0b6c1a52-uid"), (state.JobId, state.Node, state.Uid));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("SEGV", 11)]
    [InlineData("TERM", 15)]
    [InlineData("KILL", 9)]
    [InlineData("PIPE", 13)]
    public async Task A_signal_shows_as_128_and_its_number(string name, int signal)
    {
        await using var pod = new TestPod();

        var (code, state) = await pod.RunAsync(TestPod.Plan(Shell("main", $"ulimit -c 0; kill -{name} $$")));

        var ended = state.Containers[0].Terminated!;
        Assert.Equal(128 + signal, code);
        Assert.Equal((128 + signal, signal, "Error"), (ended.ExitCode, ended.Signal, ended.Reason));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_shim_exits_with_the_first_failure_in_the_order_of_the_plan()
    {
        await using var pod = new TestPod();

        var (code, _) = await pod.RunAsync(TestPod.Plan(Shell("good", "true"), Shell("late", "sleep 0.2; exit 3"), Shell("early", "exit 4")));

        Assert.Equal(3, code);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_running_container_shows_its_process()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", $"echo $$ > {pod.Scratch("pid")}; exec sleep 60")));

        var pid = await pod.FileAsync(pod.Scratch("pid"));
        var state = await pod.UntilAsync(s => s.Containers[0].Running is not null);

        Assert.Equal(pid.Trim(), $"{state.Containers[0].Running!.Pid}");
        shim.Signal(Signals.Term);
        await shim.ExitCodeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_container_leads_its_own_session_with_default_signals_and_three_descriptors()
    {
        await using var pod = new TestPod();
        const string Script = """
            cut -d' ' -f5,6 /proc/$$/stat; echo $$
            grep -E 'SigBlk|SigIgn' /proc/self/status
            for fd in /proc/$$/fd/*; do if test -e $fd; then echo "fd ${fd##*/} $(readlink $fd)"; fi; done
            """;
        pod.Write(TestPod.Plan(Shell("main", Script)));

        // The shim itself is started with a descriptor to spare and with signals ignored.
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "trap '' HUP PIPE QUIT; exec 7</dev/zero; exec \"$0\" run \"$1\"", Binaries.Shim, pod.Layout.Root]);
        Assert.Equal(0, await pod.Start(start).ExitCodeAsync());

        var lines = pod.Output("main").Split('\n');
        Assert.Equal($"{lines[1]} {lines[1]}", lines[0]);
        Assert.Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"], lines[2..4]);
        Assert.Equal(["fd 0 /dev/null", "fd 1 pipe:", "fd 2 pipe:"], lines[4..^1].Select(l => l.Split('[')[0]));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_container_leaves_in_the_background_ends_with_it()
    {
        await using var pod = new TestPod();
        var pid = pod.Scratch("pid");

        // In its own process group, too: a shell with job control moves it there.
        var shim = pod.Start(TestPod.Plan(
            Shell("main", $"set -m; sleep 300 & echo $! > {pid}; exit 0"),
            Shell("other", "sleep 60")));
        await pod.UntilAsync(s => s.Containers[0].Terminated is not null);

        Assert.False(Directory.Exists($"/proc/{(await pod.FileAsync(pid)).Trim()}"));
        shim.Signal(Signals.Term);
        await shim.ExitCodeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_daemon_that_left_the_session_delays_the_end_by_a_bound_and_is_killed_with_the_pod()
    {
        await using var pod = new TestPod();
        var pid = pod.Scratch("pid");

        var (code, state) = await pod.RunAsync(TestPod.Plan(Shell("main", $"setsid sh -c 'echo $$ > {pid}; exec sleep 300' & until test -s {pid}; do sleep 0.02; done; echo bye")));

        Assert.Equal(0, code);
        Assert.Equal("bye\n", pod.Output("main"));
        Assert.InRange(state.FinishedAt!.Value - state.Containers[0].Terminated!.FinishedAt, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(10));
        Assert.False(Directory.Exists($"/proc/{(await pod.FileAsync(pid)).Trim()}"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Orphans_are_reaped_while_the_pod_runs()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", $"for i in 1 2 3 4 5 6 7 8; do (setsid true &) ; done; sleep 0.3; echo done > {pod.Scratch("done")}; exec sleep 60")));
        await pod.FileAsync(pod.Scratch("done"));

        var children = Directory.EnumerateDirectories("/proc").Select(d => Path.Combine(d, "stat")).Where(File.Exists).Select(ReadOrEmpty)
            .Select(s => s[(s.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f.Length > 1 && f[1] == $"{shim.Pid}").ToList();

        Assert.Equal(["S"], children.Select(f => f[0]));
        shim.Signal(Signals.Term);
        await shim.ExitCodeAsync();
    }

    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
