using VirtualKubelet.Shim.Protocol;
using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

public sealed class ClaimTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_shim_of_another_job_leaves_and_touches_nothing()
    {
        await using var pod = new TestPod();
        var first = pod.Start(TestPod.Plan(Shell("main", "exec sleep 60")));
        await pod.UntilAsync(s => s.Containers[0].Running is not null);
        var before = Snapshot(pod);

        var second = pod.Start("4712");

        Assert.Equal(ShimExitCodes.ClaimedByOther, await second.ExitCodeAsync());
        Assert.Contains("job 4711", second.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot(pod));
        first.Signal(Signals.Term);
        Assert.Equal(143, await first.ExitCodeAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_many_jobs_that_start_at_once_one_runs_the_pod()
    {
        await using var pod = new TestPod();
        var count = pod.Scratch("count");
        pod.Write(TestPod.Plan(Shell("main", $"echo x >> {count}")));

        var codes = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => pod.Start($"{i}").ExitCodeAsync()));

        Assert.Single(codes, 0);
        Assert.Equal(7, codes.Count(c => c == ShimExitCodes.ClaimedByOther));
        Assert.Single(await File.ReadAllLinesAsync(count));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_requeued_job_takes_its_pod_over()
    {
        await using var pod = new TestPod();
        var killed = pod.Start(TestPod.Plan(Shell("main", $"echo $$ > {pod.Scratch("pid")}; exec sleep 60")));
        var before = await pod.UntilAsync(s => s.Containers[0].Running is not null);
        killed.Signal(Signals.Kill);
        await killed.ExitCodeAsync();
        Signals.Send(-before.Containers[0].Running!.Pid, Signals.Kill);

        var (code, state) = await pod.RunAsync(TestPod.Plan(Shell("main", "exit 2")));

        Assert.Equal(2, code);
        Assert.True(state.Sequence > before.Sequence);
        var container = state.Containers[0];
        Assert.Equal((1, 2), (container.RestartCount, container.Terminated!.ExitCode));
        Assert.Equal((137, "ContainerStatusUnknown"), (container.LastTerminated!.ExitCode, container.LastTerminated.Reason));
        Assert.True(File.Exists(pod.Layout.LogFile("main", 1)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pod_that_has_ended_is_not_run_again()
    {
        await using var pod = new TestPod();
        var plan = TestPod.Plan(Shell("main", $"echo x >> {pod.Scratch("count")}; exit 6"));
        await pod.RunAsync(plan);
        var before = Snapshot(pod)[pod.Layout.StateFile];

        var (code, _) = await pod.RunAsync(plan);

        Assert.Equal(6, code);
        Assert.Single(await File.ReadAllLinesAsync(pod.Scratch("count")));
        Assert.Equal(before, Snapshot(pod)[pod.Layout.StateFile]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pod_that_was_preempted_runs_again_when_its_job_is_requeued()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", "exec sleep 60")));
        await pod.UntilAsync(s => s.Containers[0].Running is not null);
        shim.Signal(Signals.Term);
        await shim.ExitCodeAsync();

        var (code, state) = await pod.RunAsync(TestPod.Plan(Shell("main", "true")));

        Assert.Equal(0, code);
        Assert.Null(state.Reason);
        Assert.Equal(143, state.Containers[0].LastTerminated!.ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_claim_that_cannot_be_read_is_respected()
    {
        await using var pod = new TestPod();
        await File.WriteAllTextAsync(pod.Layout.ClaimFile, "");

        var shim = pod.Start(TestPod.Plan(Shell("main", "true")));

        Assert.Equal(ShimExitCodes.ClaimedByOther, await shim.ExitCodeAsync());
        Assert.Null(pod.ReadState());
    }

    [Fact(Timeout = 60_000)]
    public async Task Files_are_private_and_nothing_temporary_stays()
    {
        await using var pod = new TestPod();

        await pod.RunAsync(TestPod.Plan(Shell("main", "true")));

        Assert.Equal(["claim.json", "logs", "pod.json", "state.json"], Directory.GetFileSystemEntries(pod.Layout.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(AtomicFile.PrivateFile, File.GetUnixFileMode(pod.Layout.ClaimFile));
        Assert.Equal(AtomicFile.PrivateFile, File.GetUnixFileMode(pod.Layout.StateFile));
        Assert.Equal(AtomicFile.PrivateFile, File.GetUnixFileMode(pod.Layout.LogFile("main", 0)));
        Assert.Equal(AtomicFile.PrivateFile | UnixFileMode.UserExecute, File.GetUnixFileMode(pod.Layout.LogsDirectory));
    }

    private static Dictionary<string, (DateTime Written, long Length)> Snapshot(TestPod pod) => new DirectoryInfo(pod.Layout.Root)
        .EnumerateFiles("*", SearchOption.AllDirectories)
        .ToDictionary(f => f.FullName, f => (f.LastWriteTimeUtc, f.Length));
}
