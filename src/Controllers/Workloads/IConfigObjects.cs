using VirtualKubelet.Controllers.Pods;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>The ConfigMaps and Secrets that pods name.</summary>
internal interface IConfigObjects
{
    /// <summary>An object that a pod claims became known, changed or is gone. Handlers must not wait.</summary>
    event Action<PodKey>? Changed;

    /// <summary>
    /// Claims objects for the pod of that name, these and no others from now on, and says what is known of them, without waiting; null where there is no API server.
    /// </summary>
    IReadOnlyDictionary<ConfigReference, ConfigObject>? Look(PodKey pod, IReadOnlySet<ConfigReference> references);

    /// <summary>Gives up the claims of the pod of that name.</summary>
    void Release(PodKey pod);
}
