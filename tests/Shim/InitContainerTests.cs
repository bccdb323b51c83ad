using VirtualKubelet.Shim.Protocol;
using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

public sealed class InitContainerTests
{
    [Fact(Timeout = 60_000)]
    public async Task Init_containers_run_in_order_and_before_the_others()
    {
        await using var pod = new TestPod();
        var trace = pod.Scratch("trace");

        var (code, state) = await pod.RunAsync(TestPod.Plan(Shell("main", $"echo main >> {trace}")) with
        {
            InitContainers = [Shell("first", $"sleep 0.2; echo first >> {trace}"), Shell("second", $"echo second >> {trace}")],
        });

        Assert.Equal(0, code);
        Assert.Equal(["first", "second", "main"], await File.ReadAllLinesAsync(trace));
        Assert.All(state.InitContainers, c => Assert.Equal("Completed", c.Terminated!.Reason));
        Assert.True(state.InitContainers[0].Terminated!.FinishedAt <= state.InitContainers[1].Terminated!.StartedAt);
        Assert.True(state.InitContainers[1].Terminated!.FinishedAt <= state.Containers[0].Terminated!.StartedAt);
    }

    [Fact(Timeout = 60_000)]
    public async Task Main_containers_wait_as_initializing_while_an_init_container_runs()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", "true")) with { InitContainers = [Shell("setup", "sleep 60")] });

        var state = await pod.UntilAsync(s => s.InitContainers[0].Running is not null);

        Assert.Equal("PodInitializing", state.Containers[0].Waiting!.Reason);
        shim.Signal(Signals.Term);
        await shim.ExitCodeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failed_init_container_of_a_pod_that_never_restarts_fails_the_pod()
    {
        await using var pod = new TestPod();

        var (code, state) = await pod.RunAsync(TestPod.Plan(Shell("main", "true")) with
        {
            InitContainers = [Shell("setup", "exit 5"), Shell("next", "true")],
        });

        Assert.Equal(5, code);
        Assert.Equal(5, state.InitContainers[0].Terminated!.ExitCode);
        Assert.Equal("PodInitializing", state.InitContainers[1].Waiting!.Reason);
        Assert.Equal("PodInitializing", state.Containers[0].Waiting!.Reason);
        Assert.NotNull(state.FinishedAt);
        Assert.Null(state.Reason);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(RestartPolicy.OnFailure)]
    [InlineData(RestartPolicy.Always)]
    public async Task A_failed_init_container_is_tried_again_under_the_other_policies(RestartPolicy policy)
    {
        await using var pod = new TestPod();
        var mark = pod.Scratch("mark");
        var shim = pod.Start(
            TestPod.Plan(Shell("main", "sleep 60")) with
            {
                RestartPolicy = policy,
                InitContainers = [Shell("setup", $"test -e {mark} && exit 0; echo > {mark}; exit 1")],
            },
            options: ["--restart-backoff", "50ms..1s"]);

        var state = await pod.UntilAsync(s => s.Containers[0].Running is not null);

        Assert.Equal(0, state.InitContainers[0].Terminated!.ExitCode);
        Assert.Equal(1, state.InitContainers[0].RestartCount);
        Assert.Equal(1, state.InitContainers[0].LastTerminated!.ExitCode);
        shim.Signal(Signals.Term);
        await shim.ExitCodeAsync();
    }
}
