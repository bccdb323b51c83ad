using Microsoft.Extensions.Logging;
using VirtualKubelet.Configuration;
using VirtualKubelet.Controllers.Nodes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Host.Composition.ApiServers;

/// <summary>Waits until the API server knows the agent and lets it act for its node, and says what is in the way.</summary>
internal sealed partial class ApiGate(NodeConfiguration node, ApiClient client, TimeProvider time, ILogger<ApiGate> logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    /// <summary>Returns once node and lease could be read. There is no bound: whoever mends the cause need not restart the agent.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        string? told = null;
        for (var delay = FirstDelay; await FindObstacleAsync(client, node, cancellationToken) is { } obstacle; delay = 2 * delay < LongestDelay ? 2 * delay : LongestDelay)
        {
            if (obstacle.Words != told)
            {
                LogObstacle(node.Metadata.Name, obstacle.Words, obstacle.Advice);
                told = obstacle.Words;
            }

            await Task.Delay(delay, time, cancellationToken);
        }
    }

    /// <summary>What keeps the agent from reading its node, its lease and who the cluster is, or from making the node its own; null when nothing does. Node and lease need not exist yet.</summary>
    public static async Task<Obstacle?> FindObstacleAsync(ApiClient client, NodeConfiguration node, CancellationToken cancellationToken)
    {
        try
        {
            var found = await FindAsync(client, ApiResources.Nodes, ObjectKey.Cluster(node.Metadata.Name), cancellationToken);
            await FindAsync(client, ApiResources.Leases, new ObjectKey("kube-node-lease", node.Metadata.Name), cancellationToken);
            await client.GetAsync(ApiResources.Services, ClusterIdentity.ApiService, cancellationToken);
            return found is not null && NodeMark.OtherKubeletOf(found) is { } version ? Foreign(node.Metadata.Name, version) : null;
        }
        catch (ApiException e)
        {
            return new Obstacle(e.Message, ApiAdvice.For(e, node));
        }
    }

    private static Obstacle Foreign(string node, string version) => new(
        $"the cluster has a node {node} of a kubelet {version}, whose pods this agent would take for lost ones",
        $"give this node another metadata.name, or, if that kubelet is gone for good, `kubectl delete node {node}`",
        IsForeign: true);

    private static async Task<T?> FindAsync<T>(ApiClient client, ApiResource<T> resource, ObjectKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        try
        {
            return await client.GetAsync(resource, key, cancellationToken);
        }
        catch (ApiException e) when (e is { Kind: ApiErrorKind.NotFound, Status: not null })
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "node {Node} cannot join its cluster yet: {Words}; {Advice}")]
    private partial void LogObstacle(string node, string words, string advice);
}
