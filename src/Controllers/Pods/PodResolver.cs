using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Makes workloads of pods, with what the node and the cluster's objects contribute.</summary>
internal sealed class PodResolver(ProviderCalls provider, IConfigObjects objects, PodControllerOptions options)
{
    /// <summary>The workload of a pod that is to be created. All objects it names are claimed.</summary>
    public Task<ResolvedWorkload> ResolveAsync(Pod pod, CancellationToken cancellationToken) => ResolveAsync(pod, isUpdate: false, cancellationToken);

    /// <summary>The workload of a pod that the provider has: its environment was fixed when it was created, so that only the objects of its volumes stay claimed.</summary>
    public Task<ResolvedWorkload> ResolveUpdateAsync(Pod pod, CancellationToken cancellationToken) => ResolveAsync(pod, isUpdate: true, cancellationToken);

    /// <summary>Whether a pod has files that may change while it runs.</summary>
    public static bool HasFiles(Pod pod) => FileVolumes.Of(pod).Count > 0;

    /// <summary>Gives the claims of a pod up.</summary>
    public void Release(PodKey key) => objects.Release(key);

    private async Task<ResolvedWorkload> ResolveAsync(Pod pod, bool isUpdate, CancellationToken cancellationToken)
    {
        var errors = PodValidator.Validate(pod);
        if (errors.Count > 0)
        {
            return new ResolvedWorkload(null, errors);
        }

        var allocatable = WorkloadResolver.NeedsNode(pod)
            ? (await provider.GetNodeAsync(cancellationToken)).Allocatable
            : new Dictionary<string, Quantity>();
        return WorkloadResolver.Resolve(pod, new WorkloadContext
        {
            NodeName = options.NodeName,
            HostAddress = options.HostAddress,
            Allocatable = allocatable,
            Objects = objects.Look(PodKey.Of(pod), isUpdate ? ConfigReferences.OfVolumes(pod) : ConfigReferences.Of(pod)),
            IsUpdate = isUpdate,
        });
    }
}
