using System.Diagnostics;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Testing;
using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

public sealed class CrashTests
{
    [Fact(Timeout = 120_000)]
    public async Task Whenever_the_shim_is_killed_its_last_state_is_whole_and_newer_than_the_one_before()
    {
        await using var pod = new TestPod();
        var random = new Random(20);
        pod.Write(TestPod.Plan(Shell("a", "sleep 0.01"), Shell("b", "exit 1"), Shell("c", "sleep 0.05; exit 2")) with { RestartPolicy = RestartPolicy.Always });
        var last = 0L;
        for (var i = 0; i < 20; i++)
        {
            var shim = pod.Start(options: ["--restart-backoff", "1ms..3ms"]);
            await pod.UntilAsync(s => s.Sequence > last);
            await Task.Delay(random.Next(120));
            shim.Signal(Signals.Kill);
            await shim.ExitCodeAsync();

            var state = pod.State();
            Assert.True(state.Sequence > last);
            Assert.Equal(3, state.Containers.Count);
            Assert.Null(state.FinishedAt);
            last = state.Sequence;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_killed_shim_leaves_no_file_outside_its_pod_directory()
    {
        using var temporary = new TempDirectory();
        await using var pod = new TestPod();
        pod.Write(TestPod.Plan(Shell("main", "exec sleep 60")));
        var start = new ProcessStartInfo(Binaries.Shim, ["run", pod.Layout.Root]) { Environment = { ["TMPDIR"] = temporary.Path } };
        var shim = pod.Start(start);
        await pod.UntilAsync(s => s.Containers[0].Running is not null && s.Supervisor?.Socket is not null);

        shim.Signal(Signals.Kill);
        await shim.ExitCodeAsync();

        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pod_directory_that_cannot_be_written_stops_the_shim_before_it_starts_anything()
    {
        await using var pod = new TestPod();
        pod.Write(TestPod.Plan(Shell("main", "true")));

        // Root may write anywhere, so the state file is made a directory, which no rename replaces.
        Directory.CreateDirectory(Path.Combine(pod.Layout.StateFile, "x"));
        var shim = pod.Start();

        Assert.Equal(ShimExitCodes.Io, await shim.ExitCodeAsync());
        Assert.False(Directory.Exists(pod.Layout.LogsDirectory));
        Directory.Delete(pod.Layout.StateFile, recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_state_that_cannot_be_written_for_a_while_is_written_when_it_can_be()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Shell("main", $"until test -e {pod.Scratch("go")}; do sleep 0.02; done; exit 4")));
        await pod.UntilAsync(s => s.Containers[0].Running is not null);
        File.Delete(pod.Layout.StateFile);
        Directory.CreateDirectory(Path.Combine(pod.Layout.StateFile, "x"));

        await File.WriteAllTextAsync(pod.Scratch("go"), "x");
        await Task.Delay(500);
        Directory.Delete(pod.Layout.StateFile, recursive: true);

        Assert.Equal(4, await shim.ExitCodeAsync());
        Assert.NotNull(pod.State().FinishedAt);
    }
}
