using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>No ConfigMaps and Secrets, for want of an API server.</summary>
internal sealed class NoConfigObjects : IConfigObjects
{
    /// <inheritdoc/>
    public event Action<PodKey>? Changed
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public bool HasAny => false;

    /// <inheritdoc/>
    public IReadOnlyDictionary<ConfigReference, ConfigObject>? Look(Pod pod) => null;

    /// <inheritdoc/>
    public void Release(PodKey key)
    {
        // Nothing was claimed.
    }
}
