using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Kubernetes.Coordination;

namespace VirtualKubelet.Controllers.Leadership;

/// <summary>The node's lease on the API server. Every write names the version it replaces, so that of two writers one is refused.</summary>
internal sealed class LeaseStore(ApiClient client, NodeLeaseOptions options, TimeProvider time)
{
    private readonly ObjectKey _key = new(LeaseText.Namespace, options.NodeName);

    /// <summary>Reads the lease; null when there is none.</summary>
    public async Task<Lease?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await BoundAsync(token => client.GetAsync(ApiResources.Leases, _key, token), cancellationToken);
        }
        catch (ApiException e) when (e.Kind == ApiErrorKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>Writes the lease, as a new one when it has no version.</summary>
    public Task<Lease> WriteAsync(Lease lease, CancellationToken cancellationToken) => BoundAsync(
        token => lease.Metadata.ResourceVersion is null
            ? client.CreateAsync(ApiResources.Leases, lease, token)
            : client.UpdateAsync(ApiResources.Leases, lease, token),
        cancellationToken);

    private Task<Lease> BoundAsync(Func<CancellationToken, Task<Lease>> send, CancellationToken cancellationToken) =>
        RequestBound.WithinAsync(options.RequestTimeout, time, send, cancellationToken);
}
