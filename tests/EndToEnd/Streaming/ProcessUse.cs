using System.Globalization;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>What agent and channel hold at one moment; sessions as the agent itself counts them, those with clients and those through the channel.</summary>
internal sealed record ProcessUse(int Sessions, int AgentDescriptors, int AgentChildren, int ShimDescriptors, int ShimChildren)
{
    /// <summary>Looks in a row that show nothing less.</summary>
    private const int Looks = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>What they hold at rest: the least that is seen, as the agent asks Slurm all the time and connections take their time to close.</summary>
    public static async Task<ProcessUse> AtRestAsync(Agent agent)
    {
        var least = Now(agent, sessions: 0);
        for (var look = 0; look < Looks; look++)
        {
            await Task.Delay(Interval);
            var now = least.OrLess(Now(agent, sessions: 0));
            (least, look) = now == least ? (least, look) : (now, 0);
        }

        return least with { Sessions = await CountSessionsAsync(agent) };
    }

    /// <summary>Waits until they hold no more than this.</summary>
    public async Task WaitForReturnAsync(Agent agent)
    {
        await Poll.UntilAsync(
            async () =>
            {
                var sessions = await CountSessionsAsync(agent);
                return (sessions <= Sessions, sessions);
            },
            sessions => $"{sessions}\n{agent.Log}",
            $"{Sessions} sessions to be left");
        await Poll.UntilAsync(
            () =>
            {
                var now = Now(agent, Sessions);
                return Task.FromResult((OrLess(now) == now, now));
            },
            now => $"{now}\n{agent.Log}",
            $"the return to {this}");
    }

    /// <summary>How many sessions the agent has, those of clients and those through its channel.</summary>
    public static async Task<int> CountSessionsAsync(Agent agent) => (await agent.GetAsync("/metrics")).Body.Split('\n')
        .Where(line => line.StartsWith("vk_slurm_kubelet_open_sessions", StringComparison.Ordinal) || line.StartsWith("vk_slurm_channel_sessions", StringComparison.Ordinal))
        .Sum(line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    private static ProcessUse Now(Agent agent, int sessions)
    {
        var shim = ChannelProcesses.Shim(agent);
        return new ProcessUse(
            sessions,
            RunningProcesses.CountDescriptorsOf(agent.ProcessId),
            RunningProcesses.CountChildrenOf(agent.ProcessId),
            RunningProcesses.CountDescriptorsOf(shim),
            RunningProcesses.CountChildrenOf(shim));
    }

    private ProcessUse OrLess(ProcessUse other) => new(
        Math.Min(Sessions, other.Sessions),
        Math.Min(AgentDescriptors, other.AgentDescriptors),
        Math.Min(AgentChildren, other.AgentChildren),
        Math.Min(ShimDescriptors, other.ShimDescriptors),
        Math.Min(ShimChildren, other.ShimChildren));
}
