using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers;

/// <summary>
/// What is to run: a pod with everything resolved. Each variable of each container has a literal value, <c>envFrom</c> is gone,
/// and no <c>$(VAR)</c> is left in commands, arguments and paths of mounts, so that a provider never needs the API server.
/// </summary>
/// <param name="Pod">The resolved pod; namespace, name and UID are present.</param>
public sealed record Workload(Pod Pod)
{
    /// <summary>The workload's identity.</summary>
    public WorkloadId Id { get; } = new(
        Pod.Metadata.Namespace ?? throw new ArgumentException("a workload's pod has a namespace", nameof(Pod)),
        Pod.Metadata.Name ?? throw new ArgumentException("a workload's pod has a name", nameof(Pod)),
        Pod.Metadata.Uid ?? throw new ArgumentException("a workload's pod has a UID", nameof(Pod)));

    /// <summary>
    /// The volumes that are made of files, of those that containers mount. In an update those whose files are known now: the others stay as they are.
    /// What else a container mounts is in <see cref="Pod"/> and is the provider's to make, or to refuse.
    /// </summary>
    public IReadOnlyList<WorkloadVolume> Volumes { get; init; } = [];

    /// <summary>Names the workload only: its values may be secret.</summary>
    public override string ToString() => Id.ToString();
}
