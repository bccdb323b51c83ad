using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Host.Composition.ApiServers;

/// <summary>
/// Tells the clusters of one site apart. Of what is as old as a cluster, the UID of the service <c>default/kubernetes</c> is the only thing that a node may
/// read. It is kept in the state directory: jobs must not become a stranger's because somebody has re-created a service.
/// </summary>
internal static class ClusterIdentity
{
    private static readonly ObjectKey ApiService = new("default", "kubernetes");

    /// <summary>Reads it, the first time from the API server.</summary>
    /// <exception cref="ApiException">The API server does not tell.</exception>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public static async Task<string> ReadAsync(string stateDirectory, ApiClient client, CancellationToken cancellationToken)
    {
        var path = Path.Combine(stateDirectory, "cluster");
        if (File.Exists(path) && (await File.ReadAllTextAsync(path, cancellationToken)).Trim() is { Length: > 0 } kept)
        {
            return kept;
        }

        var service = await client.GetAsync(ApiResources.Services, ApiService, cancellationToken);
        var unfinished = path + ".new";
        await File.WriteAllTextAsync(unfinished, service.Metadata.Uid + "\n", cancellationToken);
        File.Move(unfinished, path, overwrite: true);
        return service.Metadata.Uid!;
    }
}
