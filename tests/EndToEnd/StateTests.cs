using System.Text.Json;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd;

/// <summary>What a real job's end means for its pod. Nothing but the containers' own exit codes makes a success.</summary>
public sealed class StateTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    public async Task A_running_job_that_somebody_cancels_fails_its_pod()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("victim", "sleep 600"));
        await agent.WaitForPhaseAsync("victim", PodPhases.Running);

        await cluster.SlurmAsync("scancel", agent.JobOf("victim"));
        var ended = await agent.WaitForEndAsync("victim");

        AssertFailed(ended, "SlurmJobCancelled");
        Assert.Contains("was cancelled", ended.Status!.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_waiting_job_shows_Slurms_reason_and_fails_its_pod_when_somebody_cancels_it()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("held", "true").With("flags", "--hold"));
        agent.Declare(Manifest.Pod("later", "true").With("flags", "--begin=now+3600"));

        var held = await agent.WaitAsync("held", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "JobHeldUser", "Slurm's reason");
        var later = await agent.WaitAsync("later", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "BeginTime", "Slurm's reason");
        Assert.Equal((PodPhases.Pending, PodPhases.Pending), (held.Status!.Phase, later.Status!.Phase));
        Assert.Matches(@"^Slurm job \d+ is PENDING: BeginTime; estimated start \d{4}-", later.Status.ContainerStatuses![0].State!.Waiting!.Message);
        Assert.Contains("is PENDING: JobHeldUser", (await agent.CommandAsync("pods")).Output, StringComparison.Ordinal);

        await cluster.SlurmAsync("scancel", agent.JobOf("held"));
        AssertFailed(await agent.WaitForEndAsync("held"), "SlurmJobCancelled");
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N10")]
    public async Task A_pod_that_uses_more_memory_than_it_asked_for_is_OOMKilled()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("greedy", "exec perl -e '$x = \"x\" x 200_000_000; sleep 600'"));

        var ended = await agent.WaitForEndAsync("greedy");

        AssertFailed(ended, "OOMKilled");
        Assert.Contains("memory limit", ended.Status!.Message, StringComparison.Ordinal);
        Assert.Equal((137, "OOMKilled"), ended.Status.ContainerStatuses![0].State!.Terminated is { } terminated ? (terminated.ExitCode, terminated.Reason) : default);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_job_at_its_time_limit_fails_its_pod_with_DeadlineExceeded()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("long", "sleep 600").With("partition", "short"));
        await agent.WaitForPhaseAsync("long", PodPhases.Running);

        AssertFailed(await agent.WaitForEndAsync("long", TimeSpan.FromSeconds(150)), "DeadlineExceeded");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_that_outlives_its_deadline_fails_with_DeadlineExceeded()
    {
        await using var agent = await Agent.StartAsync(cluster);
        var pod = Manifest.Pod("late", "echo started; sleep 600");
        agent.Declare(pod with { Spec = pod.Spec with { ActiveDeadlineSeconds = 3 } });

        var ended = await agent.WaitForEndAsync("late");

        AssertFailed(ended, "DeadlineExceeded");
        Assert.Equal("started\n", await agent.LogsAsync("late"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_container_that_is_killed_fails_its_pod_with_137()
    {
        await using var agent = await Agent.StartAsync(cluster);

        // In a manifest $$ is an escaped $.
        agent.Declare(Manifest.Pod("shot", "kill -9 $$$$"));

        var ended = await agent.WaitForEndAsync("shot");

        Assert.Equal(PodPhases.Failed, ended.Status!.Phase);
        Assert.Equal((137, 9), (Terminated(ended).ExitCode, Terminated(ended).Signal));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_over_its_memory_never_succeeds()
    {
        await using var agent = await Agent.StartAsync(cluster);

        // Two hundred megabytes in a shell variable, where sixteen were asked for; it holds them until Slurm looks.
        agent.Declare(Manifest.Pod("eater", "x=$(head -c 200000000 /dev/zero | tr '\\0' x); sleep 60; echo $x | wc -c"));

        var ended = await agent.WaitForEndAsync("eater");

        Assert.Equal(PodPhases.Failed, ended.Status!.Phase);
        Assert.NotEqual(0, Terminated(ended).ExitCode);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_job_whose_node_goes_down_fails_its_pod_with_NodeFailed()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("stranded", "sleep 600").With("flags", "--nodelist=n1"));
        await agent.WaitForPhaseAsync("stranded", PodPhases.Running);

        await cluster.SlurmAsync("scontrol", "update", "nodename=n1", "state=down", "reason=test");
        var ended = await agent.WaitForEndAsync("stranded");
        await cluster.BringUpAsync("n1");

        AssertFailed(ended, "NodeFailed");
        Assert.Contains("n1", ended.Status!.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_job_that_Slurm_refuses_fails_its_pod_with_Slurms_own_words()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("nowhere", "true").With("partition", "nowhere"));
        var huge = Manifest.Container("main", "true") with
        {
            Resources = new ResourceRequirements { Requests = new Dictionary<string, JsonElement> { ["memory"] = JsonSerializer.SerializeToElement("1000Ti") } },
        };
        agent.Declare(Manifest.Pod("huge", "true") with { Spec = new PodSpec { RestartPolicy = "Never", Containers = [huge] } });
        agent.Declare(Manifest.Pod("special", "true").With("constraint", "no-such-feature"));

        var nowhere = await agent.WaitForEndAsync("nowhere");
        AssertFailed(nowhere, "SlurmRejected");
        Assert.Contains("invalid partition specified: nowhere", nowhere.Status!.Message, StringComparison.Ordinal);
        Assert.Contains("Requested node configuration is not available", (await agent.WaitForEndAsync("huge")).Status!.Message, StringComparison.Ordinal);
        Assert.Contains("Invalid feature specification", (await agent.WaitForEndAsync("special")).Status!.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_job_that_somebody_requeues_never_succeeds_without_proof()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("again", $"echo run >>{agent.Files.Scratch("runs")}; while ! [ -e {agent.Files.Scratch("go")} ]; do sleep 0.05; done").With("flags", "--requeue"));
        await agent.WaitForPhaseAsync("again", PodPhases.Running);
        await Poll.ForFileAsync(agent.Files.Scratch("runs"));
        var job = agent.JobOf("again");

        await cluster.SlurmAsync("scontrol", "requeue", job);
        await File.WriteAllTextAsync(agent.Files.Scratch("go"), "");
        await Poll.UntilAsync(
            async () => await agent.FindAsync("again") is { Status.Phase: var phase } && (PodPhases.IsTerminal(phase) || await IsWaitingAsync(job)),
            "the end of the pod, or its job back in the queue");

        Assert.Equal([job], (await cluster.JobsByUidAsync())[(await agent.FindAsync("again"))!.Metadata.Uid!]);
        if ((await agent.FindAsync("again"))!.Status!.Phase == PodPhases.Succeeded)
        {
            // It went on after the queue and ended by itself.
            Assert.Equal(["run", "run"], await File.ReadAllLinesAsync(agent.Files.Scratch("runs")));
        }
    }

    private async Task<bool> IsWaitingAsync(string job) =>
        (await cluster.SlurmAsync("squeue", "--noheader", "--states=all", $"--jobs={job}", "--format=%T")).Trim() == "PENDING";

    private static ContainerStateTerminated Terminated(Pod pod) => pod.Status!.ContainerStatuses!.Single().State!.Terminated!;

    private static void AssertFailed(Pod pod, string reason) =>
        Assert.Equal((PodPhases.Failed, reason), (pod.Status!.Phase, pod.Status.Reason));
}
