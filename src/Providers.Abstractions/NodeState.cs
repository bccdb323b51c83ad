using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers;

/// <summary>What the node offers and how its backend fares.</summary>
public sealed record NodeState
{
    /// <summary>Totals by resource name, such as <c>cpu</c>, <c>memory</c>, <c>pods</c>, <c>nvidia.com/gpu</c>; never "free" figures.</summary>
    public required IReadOnlyDictionary<string, Quantity> Capacity { get; init; }

    /// <summary>The part of the capacity that pods may use.</summary>
    public required IReadOnlyDictionary<string, Quantity> Allocatable { get; init; }

    /// <summary>Conditions of the backend.</summary>
    public required IReadOnlyList<NodeCondition> Conditions { get; init; }

    /// <summary>Name and version of the backend, such as <c>slurm://22.05.8</c>; absent until it answered once.</summary>
    public string? BackendVersion { get; init; }
}
