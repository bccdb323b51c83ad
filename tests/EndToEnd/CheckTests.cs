using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd;

/// <summary><c>vk-slurm check</c> on a site that works and on sites that do not.</summary>
public sealed class CheckTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    public async Task A_site_that_works_passes_every_check()
    {
        await using var agent = Agent.Prepare(cluster, new AgentOptions { Partition = "main" });

        var check = await agent.SiteCommandAsync("check");

        Assert.True(check.ExitCode == 0, check.Words);
        Assert.DoesNotContain("FAIL", check.Output, StringComparison.Ordinal);
        foreach (var name in new[] { "slurmctld reachable", "partition exists", "work directory visible from a compute node", "srun --overlap works", "shim runs on a compute node" })
        {
            Assert.Contains($"ok    {name}", check.Output, StringComparison.Ordinal);
        }

        await AssertNoJobAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(agent.Files.Work));
    }

    [Fact(Timeout = Deadline)]
    public Task A_wrong_partition_fails_with_a_fix() =>
        AssertFailsAsync(new AgentOptions { Partition = "nowhere" }, "partition exists", "set spec.slurm.partition");

    [Fact(Timeout = Deadline)]
    public async Task A_work_directory_that_cannot_be_written_fails_with_a_fix()
    {
        // Root may write anywhere but below a file.
        var file = Path.GetTempFileName();
        await AssertFailsAsync(new AgentOptions { WorkDirectory = Path.Combine(file, "pods") }, "work directory writable", "choose another spec.workDirectory");
        File.Delete(file);
    }

    [Fact(Timeout = Deadline)]
    public Task A_missing_shim_fails_with_a_fix() =>
        AssertFailsAsync(new AgentOptions { ShimPath = "/nowhere/vk-slurm-shim" }, "shim runs on a compute node", "set spec.runtime.shimPath");

    [Fact(Timeout = Deadline)]
    public async Task A_silent_controller_fails_with_a_fix()
    {
        var silent = new SlurmCluster();
        await silent.InitializeAsync();
        await silent.StopControllerAsync();
        await using (var agent = Agent.Prepare(cluster, new AgentOptions { CommandTimeout = "3s" }))
        {
            var check = await Run.TryAsync(Binaries.Agent, ["check", "--config", agent.Files.Config], silent.Variables);

            AssertFailure(check, "slurmctld reachable", "that slurmctld runs");
        }

        await silent.DisposeAsync();
    }

    private async Task AssertFailsAsync(AgentOptions options, string name, string fix)
    {
        await using var agent = Agent.Prepare(cluster, options);

        AssertFailure(await agent.SiteCommandAsync("check"), name, fix);

        await AssertNoJobAsync();
    }

    private static void AssertFailure(CommandOutcome check, string name, string fix)
    {
        Assert.Equal(1, check.ExitCode);
        var failure = Array.FindIndex(check.Lines, line => line.StartsWith($"FAIL  {name}", StringComparison.Ordinal));
        Assert.True(failure >= 0, check.Words);
        Assert.Contains(fix, check.Lines[failure + 1], StringComparison.Ordinal);
        Assert.Equal("1 check failed.", check.Lines[^1]);
    }

    private Task AssertNoJobAsync() => Poll.UntilAsync(
        async () => !(await cluster.SlurmAsync("squeue", "--noheader", "--format=%j")).Contains("vk-slurm-check", StringComparison.Ordinal), "the end of the probe job");
}
