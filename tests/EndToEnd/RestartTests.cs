using System.Text.Json;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd;

/// <summary>The agent comes and goes; its jobs stay.</summary>
public sealed class RestartTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private const int Deadline = 240_000;

    [Theory(Timeout = Deadline)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pods_keep_their_job_identity_and_times_over_a_restart(bool gracefully)
    {
        await using var agent = await Agent.StartAsync(cluster);
        var pod = Manifest.Pod("kept", $"if [ -e {agent.Files.Scratch("again")} ]; then sleep 600; fi; echo >{agent.Files.Scratch("again")}; exit 1");
        agent.Declare(pod with { Spec = pod.Spec with { RestartPolicy = "OnFailure" } });
        agent.Declare(Manifest.Pod("ended", "echo done; exit 4"));
        var before = await agent.WaitAsync("kept", p => p.Status?.ContainerStatuses?[0] is { RestartCount: 1, State.Running: not null }, "its second run");
        var endedBefore = await agent.WaitForEndAsync("ended");
        var job = agent.JobOf("kept");

        if (gracefully)
        {
            Assert.Equal(0, await agent.StopAsync());
        }
        else
        {
            await agent.KillAsync();
        }

        Assert.Equal("RUNNING", await StateAsync(job));
        await agent.StartAsync();
        var after = await agent.WaitAsync("kept", _ => true, "to be there");

        Assert.Equal(PodPhases.Running, after.Status!.Phase);
        Assert.Equal(job, agent.JobOf("kept"));
        Assert.Equal(before.Metadata.Uid, after.Metadata.Uid);
        Assert.Equal(Identity(before), Identity(after));
        Assert.Equal(before.Status!.StartTime, after.Status.StartTime);
        var endedAfter = await agent.WaitAsync("ended", _ => true, "to be there");
        Assert.Equal(Identity(endedBefore), Identity(endedAfter));
        Assert.Equal("done\n", await agent.LogsAsync("ended"));
        Assert.Equal([job], (await cluster.JobsByUidAsync())[before.Metadata.Uid!]);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_whose_manifest_went_while_the_agent_was_down_is_deleted()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("orphan", "sleep 600"));
        agent.Declare(Manifest.Pod("stays", "sleep 600"));
        await agent.WaitForPhaseAsync("orphan", PodPhases.Running);
        await agent.WaitForPhaseAsync("stays", PodPhases.Running);
        var (orphan, stays) = (agent.JobOf("orphan"), agent.JobOf("stays"));

        await agent.StopAsync();
        agent.Withdraw("orphan");
        await agent.StartAsync();

        await Poll.UntilAsync(() => Task.FromResult(!Directory.EnumerateDirectories(agent.Files.Work, "default_orphan_*").Any()), "the pod's directory to go");
        await agent.WaitForGoneAsync("orphan");
        Assert.NotEqual("RUNNING", await StateAsync(orphan));
        Assert.Equal("RUNNING", await StateAsync(stays));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_second_agent_on_the_same_state_directory_refuses_to_start()
    {
        await using var agent = await Agent.StartAsync(cluster);

        var second = await Run.TryAsync(
            Binaries.Agent, ["run", "--standalone", "--config", agent.Files.Config, "--pod-manifest-path", agent.Files.Manifests], cluster.Variables);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"another agent of this node is running (it holds {Path.Combine(agent.Files.State, "agent.lock")})", second.Error, StringComparison.Ordinal);
        Assert.Equal((200, "ok"), await agent.GetAsync("/healthz"));
    }

    private async Task<string> StateAsync(string job) =>
        (await cluster.SlurmAsync("squeue", "--noheader", "--states=all", $"--jobs={job}", "--format=%T")).Trim();

    // Everything of the containers: IDs, times, counts, states.
    private static string Identity(Pod pod) => JsonSerializer.Serialize(new PodStatus { ContainerStatuses = pod.Status!.ContainerStatuses }, KubernetesJson.Api.PodStatus);
}
