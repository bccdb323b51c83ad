using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Providers.Slurm.Jobs;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>What the virtual node offers: totals of the usable nodes, refreshed in the background, kept while Slurm is silent.</summary>
internal sealed partial class SlurmNode(
    SlurmProviderOptions options, QueuePoller poller, IJobBackend backend, TimeProvider time, ILogger<SlurmNode> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private volatile BackendNode? _latest;

    /// <summary>Refreshes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await poller.WaitReachableAsync(cancellationToken);
            try
            {
                _latest = await backend.GetNodeAsync(cancellationToken);
            }
            catch (ProviderException e)
            {
                LogFailed(e.Message);
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>The node as it stands.</summary>
    public NodeState Read()
    {
        var node = _latest;
        var capacity = new Dictionary<string, Quantity>(StringComparer.Ordinal)
        {
            ["cpu"] = new(node?.Cpus ?? 0),
            ["memory"] = new((node?.MemoryMiB ?? 0) * (1L << 20)),
            ["pods"] = new(options.Limits.Pods),
        };
        foreach (var (resource, gres) in options.GresByResource)
        {
            capacity[resource] = new(node?.Gres.GetValueOrDefault(gres) ?? 0);
        }

        var reachability = poller.Reachability;
        return new NodeState
        {
            Capacity = capacity,
            Allocatable = capacity,
            BackendVersion = node?.Version,
            Conditions =
            [
                new NodeCondition(
                    NodeCondition.SlurmReachable,
                    reachability.IsReachable,
                    reachability.IsReachable ? "SlurmAnswers" : "SlurmSilent",
                    reachability.Words),
            ],
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the node's capacity could not be read, the last one stands: {Words}")]
    private partial void LogFailed(string words);
}
