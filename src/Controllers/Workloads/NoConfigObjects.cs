using VirtualKubelet.Controllers.Pods;

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
    public IReadOnlyDictionary<ConfigReference, ConfigObject>? Look(PodKey pod, IReadOnlySet<ConfigReference> references) => null;

    /// <inheritdoc/>
    public void Release(PodKey pod)
    {
        // Nothing was claimed.
    }
}
