using System.Diagnostics;
using System.Globalization;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Chaos;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using Xunit.Abstractions;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>Pods come and go while everything they depend on does, too: none is lost, doubled or stuck, and nothing is left behind.</summary>
[Collection(OutageCollection.Name)]
[Trait("Category", "Kubernetes")]
public sealed class ChurnTests(KubernetesSite site, ITestOutputHelper output)
{
    private static readonly ChurnLevel Level = ChurnLevel.Chosen;

    private readonly Random _random = new(ChaosSeed.Chosen);
    private readonly Dictionary<string, string> _uids = [];
    private readonly HashSet<string> _deleted = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    [Fact(Timeout = ChaosLevel.Deadline)]
    [Trait("Category", "Chaos")]
    public async Task Each_pod_has_one_job_and_one_end_whatever_happens_meanwhile()
    {
        Say($"seed {ChaosSeed.Chosen} (VK_CHAOS_SEED)");
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { LeaseSeconds = 4, CommandTimeout = "5s" });
        using var calm = new CancellationTokenSource();
        var churn = ChurnAsync(agent, calm.Token);

        await KillOftenAsync(agent);
        await WithoutApiServerAsync();
        await WithoutSlurmAsync(agent);
        await WithAnotherAgentAsync(agent);
        await site.CheckedKubectlAsync("delete", "node", agent.Node);
        await site.WaitForReadyNodeAsync(agent.Node);
        Say("the node was deleted and is back");
        await calm.CancelAsync();
        await churn;

        await AssertWholeAsync(agent);
        Assert.Equal(0, await agent.Process.StopAsync());
    }

    // A third of the pods is deleted at some time, gracefully or not; the others end by themselves.
    private async Task ChurnAsync(NodeAgent agent, CancellationToken calm)
    {
        for (var i = 0; i < Level.Pods; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"churn-{i}");
            var seconds = _random.NextDouble() * 3;
            var script = string.Create(CultureInfo.InvariantCulture, $"echo $SLURM_JOB_ID >>{agent.Scratch($"ran-{name}")}; echo {name}; sleep {seconds:0.0}");
            _uids[name] = (await InsistAsync(() => site.CreateAsync(Manifest.Pod(name, script), agent.Node))).Metadata.Uid!;
            if (i % 3 == 2)
            {
                await DeleteAsync(string.Create(CultureInfo.InvariantCulture, $"churn-{_random.Next(i + 1)}"));
            }

            if (!calm.IsCancellationRequested)
            {
                await Task.Delay(_random.NextDouble() * Level.Pause, CancellationToken.None);
            }
        }
    }

    private async Task DeleteAsync(string name)
    {
        if (_deleted.Add(name))
        {
            var options = new DeleteOptions { GracePeriodSeconds = _random.Next(2) == 0 ? 0 : null };
            await InsistAsync(async () =>
            {
                try
                {
                    await site.Api.DeleteAsync(ApiResources.Pods, new ObjectKey("default", name), options, CancellationToken.None);
                }
                catch (ApiException e) when (e.Kind == ApiErrorKind.NotFound)
                {
                    // A first try was heard after all.
                }

                return true;
            });
        }
    }

    // What a user does who gets no answer.
    private static Task<T> InsistAsync<T>(Func<Task<T>> act) => Poll.UntilAsync(
        async () =>
        {
            try
            {
                return (true, await act());
            }
            catch (ApiException e) when (e.IsTransient)
            {
                return (false, default(T)!);
            }
        },
        _ => "no answer",
        "the API server to answer",
        TimeSpan.FromMinutes(5));

    private async Task KillOftenAsync(NodeAgent agent)
    {
        for (var i = 0; i < Level.Kills; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(2500)));
            await agent.Process.KillAsync();
            _ = agent.Process.Launch();
        }

        Say($"the agent was killed {Level.Kills} times");
    }

    private async Task WithoutApiServerAsync()
    {
        await site.Kube.StopApiServerAsync();
        await Task.Delay(Level.Outage);
        await site.Kube.CompactAsync();
        await site.Kube.StartApiServerAsync();
        Say($"the API server was away for {Level.Outage.TotalSeconds:0} s, and forgot its history");
    }

    private async Task WithoutSlurmAsync(NodeAgent agent)
    {
        await site.Slurm.StopControllerAsync();
        await Task.Delay(Level.Outage / 2);
        await agent.Process.KillAsync();
        _ = agent.Process.Launch();
        await Task.Delay(Level.Outage / 2);
        await site.Slurm.StartControllerAsync();
        Say($"slurmctld was away for {Level.Outage.TotalSeconds:0} s, and the agent was killed meanwhile");
    }

    private async Task WithAnotherAgentAsync(NodeAgent agent)
    {
        await using var other = new AgentProcess(["--config", agent.Config], site.Slurm.Variables);
        var ready = other.Launch();
        await site.WaitForReadyNodeAsync(agent.Node);
        await other.WaitForLogAsync("stands by");
        await agent.Process.KillAsync();
        await ready.WaitAsync(Poll.Patience);
        _ = agent.Process.Launch();
        await Task.Delay(TimeSpan.FromSeconds(2));
        await other.KillAsync();
        Say("two agents took the node over from each other");
    }

    private async Task AssertWholeAsync(NodeAgent agent)
    {
        foreach (var name in _uids.Keys)
        {
            if (_deleted.Contains(name))
            {
                await site.WaitForPodGoneAsync(name, TimeSpan.FromMinutes(5));
            }
            else
            {
                await site.WaitForPodAsync(name, p => PodPhases.IsTerminal(p.Status?.Phase), "its end", TimeSpan.FromMinutes(5));
            }
        }

        Say("all pods have ended");
        var jobs = await site.Slurm.JobsByUidAsync();
        foreach (var (name, uid) in _uids)
        {
            Assert.True(jobs[uid].Count() <= 1, $"{name} has the jobs {string.Join(", ", jobs[uid])}");
            if (!_deleted.Contains(name))
            {
                var job = Assert.Single(jobs[uid]);
                Assert.Equal(PodPhases.Succeeded, (await site.FindPodAsync(name))!.Status!.Phase);
                Assert.Equal([job], await File.ReadAllLinesAsync(agent.Scratch($"ran-{name}")));
                Assert.Equal(job, agent.JobOf(name));
            }
        }

        foreach (var job in _deleted.SelectMany(name => jobs[_uids[name]]))
        {
            await site.WaitForJobEndAsync(job);
        }

        await Poll.UntilAsync(
            () =>
            {
                var left = agent.PodDirectories().Select(Path.GetFileName).Order().ToArray();
                return Task.FromResult((left.Length == _uids.Count - _deleted.Count, left));
            },
            left => string.Join(", ", left),
            "the directories of deleted pods to go");
    }

    private void Say(string words) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds,6:0.0} s  {words}"));
}
