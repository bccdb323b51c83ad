using System.Globalization;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>Somebody sets the clock of the agent's machine; libfaketime does it for the agent alone.</summary>
[Collection(KubernetesCollection.Name)]
[Trait("Category", "Kubernetes")]
public sealed class ClockTests(KubernetesSite site)
{
    private const int Deadline = 240_000;
    private static readonly TimeSpan Step = TimeSpan.FromHours(2);

    [Fact(Timeout = Deadline)]
    [Trait("Category", "Chaos")]
    public async Task A_clock_that_steps_hours_ahead_and_back_ends_no_pod_and_holds_up_none()
    {
        using var clock = new AgentClock();
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { LeaseSeconds = 8, Variables = clock.Variables });
        var old = site.NewName("old");
        await site.CreateAsync(Manifest.Pod(old, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(old, PodPhases.Running);
        var job = agent.JobOf(old);

        clock.Set(Step);
        await WaitForRenewalsAsync(agent.Node);
        await LiveAndDieAsync(agent, site.NewName("ahead"));
        Assert.InRange(TimeOf(agent) - DateTimeOffset.UtcNow, Step / 2, Step * 2);

        clock.Set(TimeSpan.Zero);
        await WaitForRenewalsAsync(agent.Node);
        await LiveAndDieAsync(agent, site.NewName("back"));
        Assert.InRange(TimeOf(agent) - DateTimeOffset.UtcNow, -Step / 2, Step / 2);

        Assert.Equal("True", KubernetesSite.ConditionOf((await site.FindNodeAsync(agent.Node))!, "Ready")?.Status);
        var still = (await site.FindPodAsync(old))!;
        Assert.Equal(PodPhases.Running, still.Status!.Phase);
        Assert.Equal([job], await site.JobsOfAsync(still));
        Assert.Equal("RUNNING", await site.JobStateAsync(job));

        // Killed, it would leave libfaketime's shared memory behind.
        Assert.Equal(143, await agent.Process.StopAsync());
    }

    private async Task LiveAndDieAsync(NodeAgent agent, string name)
    {
        await site.CreateAsync(Manifest.Pod(name, "echo hello; sleep 600"), agent.Node);
        var pod = await site.WaitForPhaseAsync(name, PodPhases.Running);
        await Poll.UntilAsync(async () => await site.CheckedKubectlAsync("logs", name) == "hello\n", $"the log of {name}");
        Assert.Equal("there\n", await site.CheckedKubectlAsync("exec", name, "--", "echo", "there"));
        Assert.Single(await site.JobsOfAsync(pod));

        await site.CheckedKubectlAsync("delete", "pod", name, "--wait=false");
        await site.WaitForPodGoneAsync(name);
    }

    /// <summary>The API server's time stands in no lease, so that whoever watches it looks for changes only; they must not cease.</summary>
    private async Task WaitForRenewalsAsync(string node)
    {
        for (var i = 0; i < 2; i++)
        {
            var before = await VersionAsync();
            await Poll.UntilAsync(async () => await VersionAsync() != before, "the lease to be renewed");
        }

        async Task<string?> VersionAsync() => (await site.FindAsync(ApiResources.Leases, node, "kube-node-lease"))?.Metadata.ResourceVersion;
    }

    /// <summary>The time of the last line of its log.</summary>
    private static DateTimeOffset TimeOf(NodeAgent agent) =>
        DateTimeOffset.Parse(agent.Process.Log.TrimEnd().Split('\n')[^1].Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>A clock that one process takes for the system's.</summary>
    private sealed class AgentClock : IDisposable
    {
        private readonly string _offset = Path.GetTempFileName();

        public AgentClock() => Set(TimeSpan.Zero);

        public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = "/usr/$LIB/faketime/libfaketimeMT.so.1",
            ["FAKETIME_TIMESTAMP_FILE"] = _offset,
            ["FAKETIME_CACHE_DURATION"] = "1",

            // What the system calls monotonic does not step when somebody sets the clock.
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        };

        public void Set(TimeSpan offset) => File.WriteAllText(_offset, FormattableString.Invariant($"+{offset.TotalSeconds:0}\n"));

        public void Dispose() => File.Delete(_offset);
    }
}
