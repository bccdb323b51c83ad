using Microsoft.Extensions.Logging;
using VirtualKubelet.Configuration;
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
            if (obstacle.Message != told)
            {
                LogObstacle(node.Metadata.Name, obstacle.Message, ApiAdvice.For(obstacle, node));
                told = obstacle.Message;
            }

            await Task.Delay(delay, time, cancellationToken);
        }
    }

    /// <summary>What keeps the agent from reading its node and its lease; null when nothing does. Both need not exist yet.</summary>
    public static async Task<ApiException?> FindObstacleAsync(ApiClient client, NodeConfiguration node, CancellationToken cancellationToken) =>
        await TryReadAsync(client, ApiResources.Nodes, ObjectKey.Cluster(node.Metadata.Name), cancellationToken)
        ?? await TryReadAsync(client, ApiResources.Leases, new ObjectKey("kube-node-lease", node.Metadata.Name), cancellationToken);

    private static async Task<ApiException?> TryReadAsync<T>(ApiClient client, ApiResource<T> resource, ObjectKey key, CancellationToken cancellationToken)
        where T : class, Kubernetes.IKubernetesObject
    {
        try
        {
            await client.GetAsync(resource, key, cancellationToken);
            return null;
        }
        catch (ApiException e) when (e is { Kind: ApiErrorKind.NotFound, Status: not null })
        {
            return null;
        }
        catch (ApiException e)
        {
            return e;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "node {Node} cannot join its cluster yet: {Words}; {Advice}")]
    private partial void LogObstacle(string node, string words, string advice);
}
