using VirtualKubelet.Kubelet.Server.Logs;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Kubelet.Server.Tests.Logs;

/// <summary>The table of container states, row by row.</summary>
public sealed class LogRunTests
{
    private const string NotFound = """previous terminated container "c" in pod "p" not found""";

    private static readonly ContainerState Running = Samples.Running;
    private static readonly ContainerState Ended = Samples.Terminated();
    private static readonly ContainerState NeverMade = Samples.Terminated(id: null);

    public static TheoryData<string, ContainerState?, ContainerState?, int, object, object> Rows => new()
    {
        { "running, never restarted", Running, null, 0, 0, NotFound },
        { "running, restarted", Running, Ended, 3, 3, 2 },
        { "running, last run was never made", Running, NeverMade, 3, 3, NotFound },
        { "terminated", Ended, null, 0, 0, NotFound },
        { "terminated after a restart", Ended, Ended, 2, 2, 1 },
        { "terminated without a process, last run has one", NeverMade, Ended, 2, 1, 1 },
        { "terminated without a process, never had one", NeverMade, null, 0, """container "c" in pod "p" is terminated""", NotFound },
        { "terminated without a process, nor had the last run", NeverMade, NeverMade, 2, """container "c" in pod "p" is terminated""", NotFound },
        { "crash loop", Samples.Waiting("CrashLoopBackOff"), Ended, 2, 2, 2 },
        { "crash loop after the first run", Samples.Waiting("CrashLoopBackOff"), Ended, 0, 0, 0 },
        { "waiting, last run had no process", Samples.Waiting("CrashLoopBackOff"), NeverMade, 1, """container "c" in pod "p" is terminated""", NotFound },
        { "pull failed", Samples.Waiting("ErrImagePull"), null, 0, """container "c" in pod "p" is waiting to start: image can't be pulled""", NotFound },
        { "pull failed again", Samples.Waiting("ImagePullBackOff"), null, 0, """container "c" in pod "p" is waiting to start: trying and failing to pull image""", NotFound },
        { "creating", Samples.Waiting("ContainerCreating"), null, 0, """container "c" in pod "p" is waiting to start: ContainerCreating""", NotFound },
        { "no state", null, null, 0, """container "c" in pod "p" is waiting to start - no logs yet""", NotFound },
        { "no state, last run ended", null, Ended, 1, 1, 1 },
    };

    [Theory]
    [Trait("Item", "L12")]
    [Trait("Item", "L13")]
    [MemberData(nameof(Rows))]
    public void The_status_decides_which_run_is_meant(
        string row, ContainerState? state, ContainerState? last, int restarts, object current, object previous)
    {
        var pod = Samples.Pod(Samples.Status("c", state, last, restarts));

        Assert.Equal((row, current), (row, Outcome(LogRun.Select(pod, "c", previous: false))));
        Assert.Equal((row, previous), (row, Outcome(LogRun.Select(pod, "c", previous: true))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_a_status_the_container_is_not_available(bool previous)
    {
        Assert.Equal("""container "c" in pod "p" is not available""", LogRun.Select(Samples.Pod(), "c", previous).Fault);
        Assert.Equal("""container "c" in pod "p" is not available""", LogRun.Select(Samples.Pod() with { Status = null }, "c", previous).Fault);
    }

    [Fact]
    [Trait("Item", "L11")]
    public void Init_and_ephemeral_containers_have_their_own_statuses()
    {
        var pod = Samples.Pod() with
        {
            Status = new PodStatus
            {
                InitContainerStatuses = [Samples.Status("init", Ended, restarts: 4)],
                EphemeralContainerStatuses = [Samples.Status("debug", Running)],
            },
        };

        Assert.Equal((4, null), LogRun.Select(pod, "init", previous: false));
        Assert.Equal((0, null), LogRun.Select(pod, "debug", previous: false));
    }

    private static object Outcome((int Run, string? Fault) selected) => selected.Fault is { } fault ? fault : selected.Run;
}
