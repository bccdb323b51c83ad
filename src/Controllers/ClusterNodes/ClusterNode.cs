using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.ClusterNodes;

/// <summary>A node of a cluster, for which one agent at a time acts: the one that holds its lease.</summary>
public sealed class ClusterNode
{
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestStandbyInterval = TimeSpan.FromSeconds(3);

    /// <summary>Makes the node; nothing is asked or told before <see cref="RunAsync"/>.</summary>
    public ClusterNode(ApiConnection connection, ClusterNodeOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        Options = options;
        Client = new ApiClient(connection, new ApiClientOptions(), time);

        // Each with a request rate of its own, as in a kubelet: heartbeats do not queue behind other requests, nor events behind statuses.
        EventClient = new ApiClient(connection, new ApiClientOptions(), time);
        Lease = new NodeLease(new ApiClient(connection, new ApiClientOptions(), time), LeaseOptions(options), time, loggers.CreateLogger<NodeLease>());
    }

    /// <summary>What the node is like.</summary>
    public ClusterNodeOptions Options { get; }

    /// <summary>The API server, as the node's agent.</summary>
    public ApiClient Client { get; }

    internal ApiClient EventClient { get; }

    internal NodeLease Lease { get; }

    /// <summary>
    /// Stands by until this agent has the node and then runs <paramref name="lead"/>, whose token is cancelled when another agent takes the node; then
    /// stands by again. Returns once cancelled, or when <paramref name="lead"/> ended by itself; what it throws is thrown on. To be run once.
    /// </summary>
    public Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken) => Lease.RunAsync(lead, cancellationToken);

    // The proportions of a lease of 40 seconds, the kubelet's: renewed every 10, acted upon for 30.
    private static NodeLeaseOptions LeaseOptions(ClusterNodeOptions options)
    {
        var quarter = options.LeaseDuration / 4;
        return new NodeLeaseOptions
        {
            NodeName = options.NodeName,
            Duration = options.LeaseDuration,
            HoldTime = 3 * quarter,
            RenewInterval = quarter,
            RequestTimeout = quarter < LongestRequest ? quarter : LongestRequest,
            StandbyInterval = quarter < LongestStandbyInterval ? quarter : LongestStandbyInterval,
        };
    }
}
