using VirtualKubelet.Shim.Protocol;
using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

public sealed class RestartTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_failing_container_is_started_again_with_a_delay_that_doubles()
    {
        await using var pod = new TestPod();
        var runs = pod.Scratch("runs");
        var plan = TestPod.Plan(Shell("main", $"date +%s.%N >> {runs}; test $(wc -l < {runs}) -ge 5 && exit 0; exit 3")) with { RestartPolicy = RestartPolicy.OnFailure };

        var (code, state) = await pod.RunAsync(plan, "--restart-backoff", "200ms..600ms");

        Assert.Equal(0, code);
        var container = state.Containers[0];
        Assert.Equal((4, 0, 3), (container.RestartCount, container.Terminated!.ExitCode, container.LastTerminated!.ExitCode));
        var times = (await File.ReadAllLinesAsync(runs)).Select(l => double.Parse(l, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.All(
            times.Zip(times.Skip(1), (a, b) => b - a).Zip([0.2, 0.4, 0.6, 0.6]),
            pair => Assert.InRange(pair.First, pair.Second - 0.02, pair.Second + 3));
        Assert.All(Enumerable.Range(0, 5), i => Assert.True(File.Exists(pod.Layout.LogFile("main", i))));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(RestartPolicy.Always, "exit 0", true)]
    [InlineData(RestartPolicy.Always, "exit 1", true)]
    [InlineData(RestartPolicy.OnFailure, "exit 1", true)]
    [InlineData(RestartPolicy.OnFailure, "exit 0", false)]
    [InlineData(RestartPolicy.Never, "exit 1", false)]
    public async Task The_policy_decides_who_is_started_again(RestartPolicy policy, string script, bool restarted)
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", script)) with { RestartPolicy = policy });

        var state = await pod.UntilAsync(s => s.Containers[0].Waiting?.Reason == "CrashLoopBackOff" || s.FinishedAt is not null);

        Assert.Equal(restarted, state.FinishedAt is null);
        if (restarted)
        {
            Assert.Equal("back-off 10s restarting failed container=main pod=pod_lab(0b6c1a52-uid)", state.Containers[0].Waiting!.Message);
            Assert.NotNull(state.Containers[0].LastTerminated);
            shim.Signal(Signals.Term);
        }

        await shim.ExitCodeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_container_that_cannot_start_is_tried_again_too()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(new ContainerPlan { Name = "main", Command = ["no-such"] }) with { RestartPolicy = RestartPolicy.Always }, options: ["--restart-backoff", "10ms..10ms"]);

        var state = await pod.UntilAsync(s => s.Containers[0].RestartCount >= 2);

        Assert.Equal("StartError", state.Containers[0].LastTerminated!.Reason);
        shim.Signal(Signals.Term);
        Assert.Equal(128, await shim.ExitCodeAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_restart_does_not_disturb_the_other_containers()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(
            TestPod.Plan(Shell("crashing", "exit 1"), Shell("steady", "exec sleep 60")) with { RestartPolicy = RestartPolicy.Always },
            options: ["--restart-backoff", "10ms..10ms"]);

        var state = await pod.UntilAsync(s => s.Containers[0].RestartCount >= 5 && s.Containers[1].Running is not null);

        Assert.Equal(0, state.Containers[1].RestartCount);
        shim.Signal(Signals.Term);
        await shim.ExitCodeAsync();
    }
}
