using System.Text.Json;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>The agent comes and goes; pods and jobs stay, or go if they were told to meanwhile.</summary>
[Collection(KubernetesCollection.Name)]
[Trait("Category", "Kubernetes")]
public sealed class RejoinTests(KubernetesSite site)
{
    private const int Deadline = 240_000;

    // Another agent waits for the end of the lease of one that was killed.
    private static readonly NodeAgentOptions Options = new() { LeaseSeconds = 4 };

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N15")]
    public async Task Nothing_of_a_pod_changes_when_the_agent_is_killed_and_started_again()
    {
        await using var agent = await NodeAgent.StartAsync(site, Options);
        var name = site.NewName("kept");
        var pod = Manifest.Pod(name, $"if [ -e {agent.Scratch("again")} ]; then sleep 600; fi; echo >{agent.Scratch("again")}; exit 1");
        await site.CreateAsync(pod with { Spec = pod.Spec with { RestartPolicy = "OnFailure" } }, agent.Node);
        var before = await site.WaitForPodAsync(name, p => p.Status?.ContainerStatuses?[0] is { RestartCount: 1, State.Running: not null }, "its second run");
        var job = agent.JobOf(name);

        await agent.Process.KillAsync();
        await agent.StartAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));

        var after = (await site.FindPodAsync(name))!;
        Assert.Equal(Shown(before), Shown(after));
        Assert.Equal(before.Status!.StartTime, after.Status!.StartTime);
        Assert.Equal([job], await site.JobsOfAsync(after));
        Assert.Equal("RUNNING", await site.JobStateAsync(job));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N14")]
    public async Task What_was_deleted_while_the_agent_was_down_ends_when_it_is_back()
    {
        await using var agent = await NodeAgent.StartAsync(site, Options);
        var (forced, graceful, stays) = (site.NewName("forced"), site.NewName("graceful"), site.NewName("stays"));
        string[] names = [forced, graceful, stays];
        foreach (var name in names)
        {
            await site.CreateAsync(Manifest.Pod(name, "sleep 600"), agent.Node);
        }

        foreach (var name in names)
        {
            await site.WaitForPhaseAsync(name, PodPhases.Running);
        }

        var jobs = names.Select(agent.JobOf).ToArray();

        await agent.Process.KillAsync();
        await site.CheckedKubectlAsync("delete", "pod", forced, "--force", "--grace-period=0");
        await site.CheckedKubectlAsync("delete", "pod", graceful, "--wait=false");
        await agent.StartAsync();

        await site.WaitForPodGoneAsync(graceful);
        await site.WaitForJobEndAsync(jobs[0]);
        await site.WaitForJobEndAsync(jobs[1]);
        Assert.Equal("RUNNING", await site.JobStateAsync(jobs[2]));
        await Poll.UntilAsync(() => Task.FromResult(agent.PodDirectories().Count() == 1), "the directories of the others to go");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_clean_stop_leaves_jobs_running_and_gives_the_node_back()
    {
        await using var agent = await NodeAgent.StartAsync(site);
        var name = site.NewName("goes-on");
        await site.CreateAsync(Manifest.Pod(name, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(name, PodPhases.Running);
        var job = agent.JobOf(name);

        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(0, await agent.Process.StopAsync());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(25), $"stopped after {watch.Elapsed}");
        Assert.Equal("RUNNING", await site.JobStateAsync(job));

        // The lease of 40 s was given back.
        watch.Restart();
        await agent.StartAsync();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(25), $"back after {watch.Elapsed}");
        Assert.Equal("RUNNING", await site.JobStateAsync(job));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_cluster_that_is_not_the_one_of_the_state_directory_cancels_no_job()
    {
        await using var agent = await NodeAgent.StartAsync(site, Options);
        var name = site.NewName("kept");
        await site.CreateAsync(Manifest.Pod(name, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(name, PodPhases.Running);
        var job = agent.JobOf(name);
        Assert.Equal(0, await agent.Process.StopAsync());
        var lease = await site.FindAsync(ApiResources.Leases, agent.Node, "kube-node-lease");
        var file = Path.Combine(agent.Root, "state", agent.Node, "cluster");
        var real = (await File.ReadAllTextAsync(file)).Trim();

        await File.WriteAllTextAsync(file, "another\n");
        _ = agent.Process.Launch();
        Assert.Equal(1, await agent.Process.EndedAsync());

        Assert.Contains($"{file} is of the cluster another and the API server's is {real}", agent.Process.Log, StringComparison.Ordinal);
        Assert.Equal(lease!.Metadata.ResourceVersion, (await site.FindAsync(ApiResources.Leases, agent.Node, "kube-node-lease"))!.Metadata.ResourceVersion);
        Assert.Equal("RUNNING", await site.JobStateAsync(job));

        // As if the service had been re-created since the agent joined.
        await site.CheckedKubectlAsync("delete", "service", "kubernetes");
        await Poll.UntilAsync(async () => await site.FindAsync(ApiResources.Services, "kubernetes") is not null, "the API server to re-create its service");
        var now = (await site.FindAsync(ApiResources.Services, "kubernetes"))!.Metadata.Uid;
        await File.WriteAllTextAsync(file, $"{real}\n{now}\n");
        await agent.StartAsync();

        Assert.Equal([job], await site.JobsOfAsync((await site.FindPodAsync(name))!));
        Assert.Equal("RUNNING", await site.JobStateAsync(job));
        await site.CheckedKubectlAsync("delete", "pod", name, "--timeout=60s");
    }

    private static string Shown(Pod pod) =>
        JsonSerializer.Serialize(new PodStatus { Phase = pod.Status!.Phase, ContainerStatuses = pod.Status.ContainerStatuses }, KubernetesJson.Api.PodStatus);
}
