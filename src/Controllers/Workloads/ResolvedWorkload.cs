using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>A pod with everything resolved, or the reasons why that is impossible, for good or for now.</summary>
/// <param name="Workload">The workload; null when there are errors, or when something is missing.</param>
/// <param name="Errors">What cannot be resolved.</param>
internal sealed record ResolvedWorkload(Workload? Workload, IReadOnlyList<FieldError> Errors)
{
    /// <summary>What containers wait for, at most one thing each.</summary>
    public IReadOnlyList<ContainerNote> Missing { get; init; } = [];

    /// <summary>Volumes that cannot be made now, in a kubelet's words. In an update they are left out of the workload.</summary>
    public IReadOnlyList<string> Unmounted { get; init; } = [];

    /// <summary>Whether the API server has answered about every object; when one of them appears, that is told.</summary>
    public bool AllKnown { get; init; } = true;

    /// <summary>Keys that became no variables, by container.</summary>
    public IReadOnlyList<ContainerNote> Skipped { get; init; } = [];
}
