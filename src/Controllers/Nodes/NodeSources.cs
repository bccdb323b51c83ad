using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>Asks everybody who has something to say about the node. Nobody's silence stops it: the last word stands.</summary>
internal sealed class NodeSources(
    Func<CancellationToken, Task<NodeState>> backend, Func<IReadOnlyList<string>> notReady, NodeApi api, NodeControllerOptions options, TimeProvider time, ILogger logger)
{
    // An API server may be upgraded while the agent runs.
    private static readonly TimeSpan VersionInterval = TimeSpan.FromHours(1);

    private NodeState? _backend;
    private ServerVersion? _server;
    private long _serverAt;
    private string? _silence;

    /// <summary>What there is to say now.</summary>
    public async Task<NodeView> ViewAsync(CancellationToken cancellationToken)
    {
        await AskProviderAsync(cancellationToken);
        await AskServerAsync(cancellationToken);
        return new NodeView(_backend, notReady(), _server, time.GetUtcNow());
    }

    private async Task AskProviderAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ProviderTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            _backend = await backend(either.Token);
            _silence = null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Silent($"no answer within {options.ProviderTimeout.TotalSeconds:0.#} s");
        }
        catch (ProviderException e)
        {
            Silent(e.Message);
        }
    }

    private void Silent(string error)
    {
        if (error != _silence)
        {
            _silence = error;
            logger.ProviderSilent(options.NodeName, error);
        }
    }

    private async Task AskServerAsync(CancellationToken cancellationToken)
    {
        if (_server is not null && time.GetElapsedTime(_serverAt) < VersionInterval)
        {
            return;
        }

        try
        {
            _server = await api.GetVersionAsync(cancellationToken);
            _serverAt = time.GetTimestamp();
        }
        catch (ApiException e)
        {
            logger.ServerVersionUnknown(e.Message);
        }
    }
}
