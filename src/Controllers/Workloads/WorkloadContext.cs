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

    /// <summary>The ConfigMaps and Secrets that the pod names; null where there is no API server.</summary>
    public IReadOnlyDictionary<ConfigReference, ConfigObject>? Objects { get; init; }

    /// <summary>Leave out all that comes from ConfigMaps and Secrets.</summary>
    public bool LeavesObjectsOut { get; init; }
}
