using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd;

public sealed class LostJobWithAccountingTests(AccountingCluster cluster) : LostJobTests(cluster), IClassFixture<AccountingCluster>
{
    [Fact(Timeout = Deadline)]
    public async Task Accounting_tells_what_the_queue_has_forgotten_and_the_shim_could_not_say()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("cancelled", "sleep 600"));
        agent.Declare(Manifest.Pod("killed", "sleep 600"));
        await agent.WaitForPhaseAsync("cancelled", PodPhases.Running);
        await agent.WaitForPhaseAsync("killed", PodPhases.Running);
        var job = agent.JobOf("cancelled");

        await agent.KillAsync();
        await cluster.SlurmAsync("scancel", job);
        await cluster.SlurmAsync("scontrol", "update", "nodename=n[0-1]", "state=down", "reason=test");
        await cluster.BringUpAsync("n[0-1]");
        await WaitUntilForgottenAsync();
        await agent.StartAsync();

        var cancelled = (await agent.WaitForEndAsync("cancelled")).Status!;
        Assert.Equal((PodPhases.Failed, "SlurmJobCancelled"), (cancelled.Phase, cancelled.Reason));
        Assert.Contains("by UID 0", cancelled.Message, StringComparison.Ordinal);
        var killed = (await agent.WaitForEndAsync("killed")).Status!;
        Assert.Equal((PodPhases.Failed, "NodeFailed"), (killed.Phase, killed.Reason));
    }
}
