using System.Diagnostics;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd;

/// <summary>A manifest goes, and with it process, job and directory.</summary>
public sealed class DeletionTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    public async Task A_withdrawn_pod_gets_TERM_and_goes_with_its_job_and_directory()
    {
        await using var agent = await Agent.StartAsync(cluster);
        var term = agent.Files.Scratch("term");
        var pod = Manifest.Pod("polite", $"trap 'echo bye >{term}; exit 0' TERM; echo >{agent.Files.Scratch("ready")}; while :; do sleep 0.05; done");
        agent.Declare(pod with { Spec = pod.Spec with { TerminationGracePeriodSeconds = 60 } });
        await Poll.ForFileAsync(agent.Files.Scratch("ready"));
        await agent.WaitForPhaseAsync("polite", PodPhases.Running);
        var job = agent.JobOf("polite");

        var watch = Stopwatch.StartNew();
        agent.Withdraw("polite");
        await agent.WaitForGoneAsync("polite");

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(45));
        Assert.Equal("bye\n", await File.ReadAllTextAsync(term));
        await AssertNothingLeftAsync(agent, job);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_withdrawn_pod_that_ignores_TERM_is_killed_after_its_grace()
    {
        await using var agent = await Agent.StartAsync(cluster);
        var beats = agent.Files.Scratch("beats");
        var pod = Manifest.Pod("deaf", $"trap '' TERM; while :; do echo >>{beats}; sleep 0.05; done");
        agent.Declare(pod with { Spec = pod.Spec with { TerminationGracePeriodSeconds = 3 } });
        await Poll.ForFileAsync(beats);
        await agent.WaitForPhaseAsync("deaf", PodPhases.Running);
        var job = agent.JobOf("deaf");

        var watch = Stopwatch.StartNew();
        agent.Withdraw("deaf");
        await agent.WaitForGoneAsync("deaf");

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(45));
        await AssertNothingLeftAsync(agent, job);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_withdrawn_pod_that_waits_in_the_queue_leaves_it()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("queued", "true").With("flags", "--hold"));
        var job = await agent.WaitForJobAsync("queued");

        agent.Withdraw("queued");
        await agent.WaitForGoneAsync("queued");

        await AssertNothingLeftAsync(agent, job);
    }

    private async Task AssertNothingLeftAsync(Agent agent, string job)
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(agent.Files.Work));
        var state = (await cluster.SlurmAsync("squeue", "--noheader", "--states=all", $"--jobs={job}", "--format=%T")).Trim();
        Assert.Contains(state, new[] { "COMPLETED", "FAILED", "CANCELLED" });
        await ProcessLeaks.AssertNoneAsync(agent.Files.Work);
    }
}
