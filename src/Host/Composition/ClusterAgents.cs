using Microsoft.Extensions.Logging;
using VirtualKubelet.Configuration;
using VirtualKubelet.Kubelet.Server.Metrics;

namespace VirtualKubelet.Host.Composition;

/// <summary>The nodes of one process, each by itself: one that cannot run leaves the others alone and is tried again.</summary>
internal sealed partial class ClusterAgents(IReadOnlyList<NodeConfiguration> nodes, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = loggers.CreateLogger<ClusterAgents>();
    private int _down;

    /// <summary>Runs until cancelled, or until no node can run.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // What is measured of a lease comes before there is a server to show it, and goes on after.
        using var metrics = new MetricsCollector();
        using var allDown = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, allDown.Token);
        await Task.WhenAll(nodes.Select(node => RunAsync(node, metrics, allDown, stop.Token)));
        return allDown.IsCancellationRequested && !cancellationToken.IsCancellationRequested ? ExitCodes.Failure : ExitCodes.Success;
    }

    private async Task RunAsync(NodeConfiguration node, MetricsCollector metrics, CancellationTokenSource allDown, CancellationToken stop)
    {
        while (!await new ClusterAgent(node, metrics, time, loggers).RunAsync(stop))
        {
            if (Interlocked.Increment(ref _down) == nodes.Count)
            {
                await allDown.CancelAsync();
                return;
            }

            LogTriedAgain(node.Metadata.Name, RetryDelay);
            await Task.Delay(RetryDelay, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            Interlocked.Decrement(ref _down);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} is tried again in {Delay}, as other nodes of this process run")]
    private partial void LogTriedAgain(string node, TimeSpan delay);
}
