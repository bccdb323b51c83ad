using System.Diagnostics;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Testing;
using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

public sealed class StoppingTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(Signals.Term)]
    [InlineData(Signals.Int)]
    [InlineData(Signals.Hup)]
    public async Task A_container_gets_SIGTERM_and_may_end_in_its_own_way(int signal)
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", $"trap 'echo bye; exit 7' TERM; echo > {pod.Scratch("up")}; while :; do sleep 0.05; done")));
        await pod.FileAsync(pod.Scratch("up"));

        shim.Signal(signal);

        Assert.Equal(7, await shim.ExitCodeAsync());
        var state = pod.State();
        Assert.Equal(("Terminated", 7), (state.Reason, state.Containers[0].Terminated!.ExitCode));
        Assert.Equal("bye\n", pod.Output("main", stream: "stdout"));
        Assert.NotNull(state.FinishedAt);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(Signals.Term)]
    [InlineData(Signals.Int)]
    [InlineData(Signals.Hup)]
    public async Task Signals_that_the_shim_was_started_to_ignore_stop_the_pod_all_the_same(int signal)
    {
        await using var pod = new TestPod();
        pod.Write(TestPod.Plan(Shell("main", $"echo > {pod.Scratch("up")}; exec sleep 60")));
        var shim = pod.Start(new ProcessStartInfo("/bin/sh", ["-c", $"trap '' {signal}; exec \"$0\" run \"$1\"", Binaries.Shim, pod.Layout.Root]));
        await pod.FileAsync(pod.Scratch("up"));

        shim.Signal(signal);

        Assert.Equal(143, await shim.ExitCodeAsync());
        Assert.Equal("Terminated", pod.State().Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_container_that_ignores_SIGTERM_is_killed_after_the_grace_period()
    {
        await using var pod = new TestPod();
        var shim = await StartStubbornAsync(pod, grace: 1);
        var watch = Stopwatch.StartNew();

        shim.Signal(Signals.Term);

        Assert.Equal(137, await shim.ExitCodeAsync());
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
        var ended = pod.State().Containers[0].Terminated!;
        Assert.Equal((137, 9, "Error"), (ended.ExitCode, ended.Signal, ended.Reason));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task The_stop_request_says_how_long_the_grace_is(int seconds)
    {
        await using var pod = new TestPod();
        var shim = await StartStubbornAsync(pod, grace: 3600);
        var watch = Stopwatch.StartNew();

        pod.RequestStop(seconds);
        shim.Signal(Signals.Term);

        Assert.Equal(137, await shim.ExitCodeAsync());
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.9 * seconds), TimeSpan.FromSeconds(10));
        Assert.Equal("Terminated", pod.State().Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_request_may_shorten_the_grace()
    {
        await using var pod = new TestPod();
        var shim = await StartStubbornAsync(pod, grace: 3600);
        shim.Signal(Signals.Term);
        await pod.UntilAsync(s => s.Reason is not null);

        pod.RequestStop(1);
        shim.Signal(Signals.Term);

        Assert.Equal(137, await shim.ExitCodeAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_request_does_not_lengthen_the_grace()
    {
        await using var pod = new TestPod();
        var shim = await StartStubbornAsync(pod, grace: 2);
        shim.Signal(Signals.Term);
        await pod.UntilAsync(s => s.Reason is not null);

        pod.RequestStop(3600);
        shim.Signal(Signals.Term);

        Assert.Equal(137, await shim.ExitCodeAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broken_stop_request_leaves_the_pods_own_grace()
    {
        await using var pod = new TestPod();
        var shim = await StartStubbornAsync(pod, grace: 1);

        await File.WriteAllTextAsync(pod.Layout.StopFile, "{ no json");
        shim.Signal(Signals.Term);

        Assert.Equal(137, await shim.ExitCodeAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pod_stopped_during_its_init_containers_never_starts_the_others()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", "true")) with { InitContainers = [Shell("setup", "exec sleep 60")] });
        await pod.UntilAsync(s => s.InitContainers[0].Running is not null);

        shim.Signal(Signals.Term);

        Assert.Equal(143, await shim.ExitCodeAsync());
        var state = pod.State();
        Assert.Equal(143, state.InitContainers[0].Terminated!.ExitCode);
        Assert.Equal("PodInitializing", state.Containers[0].Waiting!.Reason);
        Assert.Equal("Terminated", state.Reason);
        Assert.NotNull(state.FinishedAt);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pod_whose_end_was_asked_for_before_it_began_starts_nothing()
    {
        await using var pod = new TestPod();
        pod.RequestStop(5);

        var (code, state) = await pod.RunAsync(TestPod.Plan(Shell("main", "true")));

        Assert.Equal(ShimExitCodes.Stopped, code);
        Assert.Equal(("ContainerCreating", "Terminated"), (state.Containers[0].Waiting!.Reason, state.Reason));
        Assert.NotNull(state.FinishedAt);
        Assert.False(Directory.Exists(pod.Layout.LogsDirectory));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_container_stopped_between_two_runs_shows_how_the_last_one_ended()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", "exit 9")) with { RestartPolicy = RestartPolicy.Always }, options: ["--restart-backoff", "1m..2m"]);
        await pod.UntilAsync(s => s.Containers[0].Waiting?.Reason == "CrashLoopBackOff");

        shim.Signal(Signals.Term);

        Assert.Equal(9, await shim.ExitCodeAsync());
        var container = pod.State().Containers[0];
        Assert.Equal((9, 0), (container.Terminated!.ExitCode, container.RestartCount));
        Assert.Null(container.Waiting);
        Assert.Null(container.LastTerminated);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stopped_container_is_not_started_again()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", "exec sleep 60")) with { RestartPolicy = RestartPolicy.Always }, options: ["--restart-backoff", "1ms..1ms"]);
        await pod.UntilAsync(s => s.Containers[0].Running is not null);

        shim.Signal(Signals.Term);

        Assert.Equal(143, await shim.ExitCodeAsync());
        Assert.Equal(0, pod.State().Containers[0].RestartCount);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_signal_that_comes_as_the_pod_ends_by_itself_changes_nothing_about_it()
    {
        for (var i = 0; i < 10; i++)
        {
            await using var pod = new TestPod();
            var shim = pod.Start(TestPod.Plan(Shell("main", $"echo > {pod.Scratch("up")}; exit 3")));
            await pod.FileAsync(pod.Scratch("up"));
            await pod.UntilAsync(state =>
            {
                shim.Signal(Signals.Term);
                shim.Signal(Signals.Usr2);
                return state.FinishedAt is not null;
            });

            shim.Signal(Signals.Term);
            var code = await shim.ExitCodeAsync();

            // Either the signal killed the container first, or it exited by itself; the shim never dies of it.
            Assert.Equal(pod.State().Containers[0].Terminated!.ExitCode, code);
            Assert.True(code is 3 or 143, $"{code}");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_active_deadline_ends_the_pod()
    {
        await using var pod = new TestPod();

        var (code, state) = await pod.RunAsync(TestPod.Plan(Shell("main", "exec sleep 60")) with { ActiveDeadlineSeconds = 1 });

        Assert.Equal(143, code);
        Assert.Equal("DeadlineExceeded", state.Reason);
        Assert.Equal("Pod was active on the node longer than the specified deadline", state.Message);
        Assert.InRange(state.FinishedAt!.Value - state.StartedAt, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_warning_of_the_time_limit_ends_a_pod_at_once_when_its_limit_is_not_known()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", "exec sleep 60")));
        await pod.UntilAsync(s => s.Containers[0].Running is not null);

        shim.Signal(Signals.Usr2);

        Assert.Equal(143, await shim.ExitCodeAsync());
        Assert.Equal("DeadlineExceeded", pod.State().Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_warning_of_a_known_time_limit_leaves_the_pod_all_but_grace_and_reserve()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", "exec sleep 60")) with { TimeLimitSeconds = 8, TerminationGracePeriodSeconds = 1 });
        await pod.UntilAsync(s => s.Containers[0].Running is not null);

        shim.Signal(Signals.Usr2);

        Assert.Equal(143, await shim.ExitCodeAsync());
        var state = pod.State();
        Assert.Equal("DeadlineExceeded", state.Reason);
        Assert.InRange(state.FinishedAt!.Value - state.StartedAt, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(6));
    }

    private static async Task<ShimProcess> StartStubbornAsync(TestPod pod, int grace)
    {
        var shim = pod.Start(TestPod.Plan(Shell("main", $"trap '' TERM; echo > {pod.Scratch("up")}; while :; do sleep 0.1; done")) with { TerminationGracePeriodSeconds = grace });
        await pod.FileAsync(pod.Scratch("up"));
        return shim;
    }
}
