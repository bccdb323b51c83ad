using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>The ConfigMaps and Secrets that pods name.</summary>
internal interface IConfigObjects
{
    /// <summary>An object that a pod claims became known, changed or is gone. Handlers must not wait.</summary>
    event Action<PodKey>? Changed;

    /// <summary>Whether there can be any: there is an API server.</summary>
    bool HasAny { get; }

    /// <summary>Claims what a pod names and says what is known of it, without waiting; null where there is no API server.</summary>
    IReadOnlyDictionary<ConfigReference, ConfigObject>? Look(Pod pod);

    /// <summary>Gives up the claims of the pod of that name.</summary>
    void Release(PodKey key);
}
