using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Support;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>What agent and channel hold at one moment.</summary>
internal sealed record ProcessUse(int AgentDescriptors, int AgentChildren, int ShimDescriptors, int ShimChildren)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>What they hold at rest: the least of some looks, as the agent asks Slurm all the time.</summary>
    public static async Task<ProcessUse> AtRestAsync(Agent agent)
    {
        var least = Now(agent);
        for (var look = 0; look < 20; look++)
        {
            await Task.Delay(Interval);
            var now = Now(agent);
            least = new ProcessUse(
                Math.Min(least.AgentDescriptors, now.AgentDescriptors),
                Math.Min(least.AgentChildren, now.AgentChildren),
                Math.Min(least.ShimDescriptors, now.ShimDescriptors),
                Math.Min(least.ShimChildren, now.ShimChildren));
        }

        return least;
    }

    /// <summary>Waits until they hold no more than this.</summary>
    public Task WaitForReturnAsync(Agent agent) => Poll.UntilAsync(
        () =>
        {
            var now = Now(agent);
            var isBack = now.AgentDescriptors <= AgentDescriptors
                && now.AgentChildren <= AgentChildren
                && now.ShimDescriptors <= ShimDescriptors
                && now.ShimChildren <= ShimChildren;
            return Task.FromResult((isBack, now));
        },
        now => $"{now}\n{agent.Log}",
        $"the return to {this}");

    private static ProcessUse Now(Agent agent)
    {
        var shim = ChannelProcesses.Shim(agent);
        return new ProcessUse(
            Processes.CountDescriptorsOf(agent.ProcessId), Processes.CountChildrenOf(agent.ProcessId), Processes.CountDescriptorsOf(shim), Processes.CountChildrenOf(shim));
    }
}
