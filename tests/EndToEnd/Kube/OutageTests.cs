using System.Diagnostics;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>Parts of the site are gone for a while: nothing that runs is harmed, and what happened meanwhile is told afterwards.</summary>
[Collection(OutageCollection.Name)]
[Trait("Category", "Kubernetes")]
public sealed class OutageTests(KubernetesSite site)
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    public async Task Pods_go_on_and_end_while_the_API_server_is_away_and_it_is_told_later()
    {
        await using var agent = await NodeAgent.StartAsync(site);
        var (ends, stays) = (site.NewName("ends"), site.NewName("stays"));
        var go = agent.Scratch("go");
        await site.CreateAsync(Manifest.Pod(ends, $"echo up; until [ -e {go} ]; do sleep 0.1; done; echo down; exit 3"), agent.Node);
        await site.CreateAsync(Manifest.Pod(stays, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(ends, PodPhases.Running);
        var before = await site.WaitForPhaseAsync(stays, PodPhases.Running);
        var (endsJob, staysJob) = (agent.JobOf(ends), agent.JobOf(stays));

        await site.Kube.StopApiServerAsync();
        await File.WriteAllTextAsync(go, "");
        await site.WaitForJobEndAsync(endsJob);
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.Equal("RUNNING", await site.JobStateAsync(staysJob));
        await site.Kube.StartApiServerAsync();

        var ended = await site.WaitForPhaseAsync(ends, PodPhases.Failed);
        Assert.Equal(3, ended.Status!.ContainerStatuses![0].State!.Terminated!.ExitCode);
        Assert.Equal("up\ndown\n", await site.CheckedKubectlAsync("logs", ends));
        var after = (await site.FindPodAsync(stays))!;
        Assert.Equal(before.Status!.ContainerStatuses![0].ContainerID, after.Status!.ContainerStatuses![0].ContainerID);
        Assert.Equal(PodPhases.Running, after.Status.Phase);
        Assert.All(await site.Slurm.JobsByUidAsync(), pod => Assert.Single(pod));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_agent_that_is_told_to_stop_does_not_wait_for_an_API_server_that_is_away()
    {
        await using var agent = await NodeAgent.StartAsync(site);
        var name = site.NewName("goes-on");
        await site.CreateAsync(Manifest.Pod(name, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(name, PodPhases.Running);
        var job = agent.JobOf(name);

        await site.Kube.StopApiServerAsync();
        var watch = Stopwatch.StartNew();
        Assert.Equal(0, await agent.Process.StopAsync());
        var elapsed = watch.Elapsed;
        await site.Kube.StartApiServerAsync();

        Assert.True(elapsed < TimeSpan.FromSeconds(30), $"stopped after {elapsed}");
        Assert.Equal("RUNNING", await site.JobStateAsync(job));
    }

    [Fact(Timeout = Deadline)]
    public async Task What_changed_while_history_was_dropped_is_not_missed()
    {
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { LeaseSeconds = 4 });
        var (stays, goes) = (site.NewName("stays"), site.NewName("goes"));
        await site.CreateAsync(Manifest.Pod(stays, "sleep 600"), agent.Node);
        await site.CreateAsync(Manifest.Pod(goes, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(stays, PodPhases.Running);
        await site.WaitForPhaseAsync(goes, PodPhases.Running);
        var (staysJob, goesJob) = (agent.JobOf(stays), agent.JobOf(goes));

        // The agent sleeps through a deletion, and the history that would have told it is gone when it wakes up.
        Signals.Send(agent.Process.Id, Signals.Stop);
        await site.CheckedKubectlAsync("delete", "pod", goes, "--force", "--grace-period=0");
        await site.Kube.StopApiServerAsync();
        await site.Kube.CompactAsync();
        await site.Kube.StartApiServerAsync();
        Signals.Send(agent.Process.Id, Signals.Continue);

        await site.WaitForJobEndAsync(goesJob);
        var late = site.NewName("late");
        await site.CreateAsync(Manifest.Pod(late, "echo late"), agent.Node);
        await site.WaitForPhaseAsync(late, PodPhases.Succeeded);
        Assert.Equal("RUNNING", await site.JobStateAsync(staysJob));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_silent_slurmctld_fails_no_pod_and_shows_on_the_node()
    {
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { CommandTimeout = "5s" });
        var (runs, late) = (site.NewName("runs"), site.NewName("late"));
        await site.CreateAsync(Manifest.Pod(runs, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(runs, PodPhases.Running);

        await site.Slurm.StopControllerAsync();
        await site.WaitForNodeAsync(agent.Node, n => KubernetesSite.ConditionOf(n, "SlurmReachable")?.Status == "False", "SlurmReachable False");
        await site.CreateAsync(Manifest.Pod(late, "echo late"), agent.Node);
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.Equal("True", KubernetesSite.ConditionOf((await site.FindNodeAsync(agent.Node))!, "Ready")!.Status);
        Assert.Equal(PodPhases.Running, (await site.FindPodAsync(runs))!.Status!.Phase);
        Assert.Equal(PodPhases.Pending, (await site.FindPodAsync(late))!.Status!.Phase);
        await site.Slurm.StartControllerAsync();

        await site.WaitForNodeAsync(agent.Node, n => KubernetesSite.ConditionOf(n, "SlurmReachable")?.Status == "True", "SlurmReachable True");
        await site.WaitForPhaseAsync(late, PodPhases.Succeeded);
        Assert.Equal(PodPhases.Running, (await site.FindPodAsync(runs))!.Status!.Phase);
        Assert.All(await site.Slurm.JobsByUidAsync(), pod => Assert.Single(pod));
    }
}
