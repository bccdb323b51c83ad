using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>
/// The Node on the API server, and what is known of it: the newer of what the informer saw and what the server answered to a change of ours,
/// so that we never answer our own echo. One caller at a time.
/// </summary>
internal sealed class NodeApi(ApiClient client, Informer<Node> informer, NodeControllerOptions options, TimeProvider time)
{
    private readonly ObjectKey _key = ObjectKey.Cluster(options.NodeName);
    private Node? _answered;

    /// <summary>The Node as far as it is known; null when it is gone, or not known.</summary>
    public Node? Known
    {
        get
        {
            var snapshot = informer.Snapshot;
            return !snapshot.HasSynced || IsOlder(snapshot.ResourceVersion, _answered?.Metadata.ResourceVersion) ? _answered : snapshot.Find(_key);
        }
    }

    /// <summary>Reads the Node; null when there is none.</summary>
    public async Task<Node?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _answered = await BoundAsync(token => client.GetAsync(ApiResources.Nodes, _key, token), cancellationToken);
        }
        catch (ApiException e) when (e.Kind == ApiErrorKind.NotFound)
        {
            return _answered = null;
        }
    }

    /// <summary>Creates the Node.</summary>
    public async Task<Node> CreateAsync(Node node, CancellationToken cancellationToken) =>
        _answered = await BoundAsync(token => client.CreateAsync(ApiResources.Nodes, node, token), cancellationToken);

    /// <summary>Changes the Node, or its status.</summary>
    public async Task<Node> PatchAsync(Patch patch, string? subresource, CancellationToken cancellationToken) =>
        _answered = await BoundAsync(token => client.PatchAsync(ApiResources.Nodes, _key, patch, token, subresource), cancellationToken);

    /// <summary>Asks for the server's version.</summary>
    public Task<ServerVersion> GetVersionAsync(CancellationToken cancellationToken) => BoundAsync(client.GetServerVersionAsync, cancellationToken);

    private Task<T> BoundAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken) =>
        RequestBound.WithinAsync(options.RequestTimeout, time, send, cancellationToken);

    private static bool IsOlder(string version, string? other) =>
        other is not null && ulong.TryParse(version, out var left) && ulong.TryParse(other, out var right) && left < right;
}
