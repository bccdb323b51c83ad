using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Host.Composition.ApiServers;

/// <summary>
/// Tells the clusters of one site apart. Of what is as old as a cluster, the UID of the service <c>default/kubernetes</c> is the only thing that a node may
/// read. It is kept in the state directory: a cluster that does not know a node's pods would have all their jobs cancelled.
/// </summary>
/// <param name="stateDirectory">Holds the file <c>cluster</c>: in its first line the identity, in further ones UIDs that the service has had since.</param>
/// <param name="client">The API server.</param>
internal sealed class ClusterIdentity(string stateDirectory, ApiClient client)
{
    /// <summary>What has the UID.</summary>
    public static ObjectKey ApiService { get; } = new("default", "kubernetes");

    private readonly string _path = Path.Combine(stateDirectory, "cluster");

    /// <summary>The identity, the first time that of the API server; to be read by who has the lock on the directory.</summary>
    /// <exception cref="ApiException">The API server does not tell.</exception>
    /// <exception cref="ApiConfigurationException">The API server is that of another cluster.</exception>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var service = await client.GetAsync(ApiResources.Services, ApiService, cancellationToken);
        var found = service.Metadata.Uid!;
        var kept = await KeptAsync(cancellationToken);
        if (kept.Length == 0)
        {
            await KeepAsync(found, cancellationToken);
            return found;
        }

        return kept.Contains(found) ? kept[0] : throw new ApiConfigurationException(
            $"{_path} is of the cluster {string.Join(", ", kept)} and the API server's is {found} (the UID of its service default/kubernetes). "
            + $"If the service was re-created in the same cluster: echo {found} >>{_path}. "
            + "If this is another cluster: give the node a spec.stateDirectory and a spec.workDirectory of their own for it, or its jobs would be cancelled as nobody's");
    }

    private async Task<string[]> KeptAsync(CancellationToken cancellationToken) => File.Exists(_path)
        ? (await File.ReadAllTextAsync(_path, cancellationToken)).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [];

    private async Task KeepAsync(string uid, CancellationToken cancellationToken)
    {
        var unfinished = _path + ".new";
        await File.WriteAllTextAsync(unfinished, uid + "\n", cancellationToken);
        File.Move(unfinished, _path, overwrite: true);
    }
}
