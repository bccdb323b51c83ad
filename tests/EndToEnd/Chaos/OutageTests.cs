using System.Diagnostics;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Kubernetes;
using Xunit.Abstractions;

namespace VirtualKubelet.EndToEnd.Chaos;

/// <summary>slurmctld is gone for a while.</summary>
[Trait("Category", "Chaos")]
public sealed class OutageTests(SlurmCluster cluster, ITestOutputHelper output) : IClassFixture<SlurmCluster>
{
    [Fact(Timeout = ChaosLevel.Deadline)]
    public async Task A_silent_controller_changes_no_pod_and_what_waited_goes_on_by_itself()
    {
        await using var agent = await Agent.StartAsync(cluster, new AgentOptions { CommandTimeout = "5s" });
        var go = agent.Files.Scratch("go");
        agent.Declare(Manifest.Pod("runs", $"echo up; while ! [ -e {go} ]; do sleep 0.1; done; echo down"));
        agent.Declare(Manifest.Pod("held", "true").With("flags", "--hold"));
        await agent.WaitForPhaseAsync("runs", PodPhases.Running);
        await agent.WaitAsync("held", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "JobHeldUser", "Slurm's reason");
        var jobs = (Runs: agent.JobOf("runs"), Held: agent.JobOf("held"));

        await cluster.StopControllerAsync();
        var outage = Task.Delay(ChaosLevel.Chosen.Outage);
        agent.Declare(Manifest.Pod("new", "echo new"));
        var follower = agent.LogsAsync("runs", options: r => r with { Follow = true });
        while (!outage.IsCompleted)
        {
            Assert.Equal((200, "ok"), await agent.GetAsync("/healthz"));
            foreach (var pod in await agent.PodsAsync())
            {
                Assert.Equal(pod.Metadata.Name == "runs" ? PodPhases.Running : PodPhases.Pending, pod.Status!.Phase);
            }

            await Task.WhenAny(outage, Task.Delay(TimeSpan.FromMilliseconds(500)));
        }

        await agent.WaitAsync("new", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Message?.Contains("slurm", StringComparison.OrdinalIgnoreCase) ?? false, "why it waits");
        await cluster.StartControllerAsync();
        var recovery = Stopwatch.StartNew();
        await agent.WaitForEndAsync("new", TimeSpan.FromMinutes(2));
        output.WriteLine($"slurmctld was gone for {ChaosLevel.Chosen.Outage.TotalSeconds:0} s; a pod declared meanwhile had run {recovery.Elapsed.TotalSeconds:0.0} s after its return");
        await File.WriteAllTextAsync(go, "");

        Assert.Equal("new\n", await agent.LogsAsync("new"));
        Assert.Equal(PodPhases.Succeeded, (await agent.WaitForEndAsync("runs")).Status!.Phase);
        Assert.Equal("up\ndown\n", await follower);
        Assert.Equal(jobs, (agent.JobOf("runs"), agent.JobOf("held")));
        Assert.All(await cluster.JobsByUidAsync(), pod => Assert.Single(pod));
    }
}
