using System.Globalization;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using Xunit.Abstractions;

namespace VirtualKubelet.EndToEnd.Chaos;

/// <summary>Slurm is asked by the clock, not by the pod.</summary>
[Trait("Category", "Chaos")]
public sealed class CallRateTests(SlurmCluster cluster, ITestOutputHelper output) : IClassFixture<SlurmCluster>
{
    private static readonly ChaosLevel Level = ChaosLevel.Chosen;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    [Fact(Timeout = ChaosLevel.Deadline)]
    public async Task Many_pods_cost_Slurm_no_more_calls_than_one()
    {
        await using var agent = await Agent.StartAsync(cluster, new AgentOptions { PollInterval = $"{PollInterval.TotalMilliseconds}ms", Pods = Level.ManyPods + 1 });
        agent.Declare(Manifest.Pod("first", "sleep 3600"));
        await agent.WaitForPhaseAsync("first", PodPhases.Running);
        var withOne = await CountAsync(agent);

        for (var i = 0; i < Level.ManyPods; i++)
        {
            agent.Declare(Manifest.Pod($"pod-{i}", "true").With("flags", "--hold"));
        }

        await Poll.UntilAsync(
            async () => (await agent.PodsAsync()).Count(p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "JobHeldUser") == Level.ManyPods,
            "all pods to wait in the queue",
            TimeSpan.FromMinutes(10));
        var withMany = await CountAsync(agent);

        output.WriteLine($"calls in {Level.RateWindow.TotalSeconds:0} s: with one pod {Text(withOne)}; with {Level.ManyPods + 1} pods {Text(withMany)}");

        // The clock allows one squeue an interval, and a busy machine makes them fewer; a call a pod would be hundreds.
        var byTheClock = (Level.RateWindow / PollInterval) + 1;
        foreach (var calls in new[] { withOne, withMany })
        {
            Assert.InRange(calls["squeue"], 1, byTheClock);
            Assert.InRange(calls.Values.Sum(), 1, byTheClock + 2);
        }
    }

    private static async Task<Dictionary<string, double>> CountAsync(Agent agent)
    {
        var before = await agent.SlurmCommandsAsync();

        // What is measured is a rate.
        await Task.Delay(Level.RateWindow);
        var after = await agent.SlurmCommandsAsync();
        return after.ToDictionary(c => c.Key, c => c.Value - before.GetValueOrDefault(c.Key));
    }

    private static string Text(Dictionary<string, double> calls) =>
        string.Join(", ", calls.Where(c => c.Value > 0).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:0}")));
}
