using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>What the downward API tells a pod about its node.</summary>
internal sealed record WorkloadContext
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The node's address; it is the pod's as well, for every pod of ours uses its host's network.</summary>
    public required string HostAddress { get; init; }

    /// <summary>What a container without a limit may use at most.</summary>
    public required IReadOnlyDictionary<string, Quantity> Allocatable { get; init; }

    /// <summary>The ConfigMaps and Secrets that are asked for; null where there is no API server.</summary>
    public IReadOnlyDictionary<ConfigReference, ConfigObject>? Objects { get; init; }

    /// <summary>
    /// The provider has the pod: its environment was fixed when it was created, so that what comes from ConfigMaps and Secrets is left out of it, and a volume
    /// that cannot be made stays as it is.
    /// </summary>
    public bool IsUpdate { get; init; }
}
