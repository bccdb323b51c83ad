using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>What a session is about.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Workload">The pod.</param>
/// <param name="Container">The container; null for all of the pod.</param>
internal sealed record SessionTarget(SessionKind Kind, WorkloadId Workload, string? Container = null)
{
    /// <summary>The identity of a pod of this node.</summary>
    public static WorkloadId IdOf(Pod pod) => new(pod.Metadata.Namespace ?? "", pod.Metadata.Name ?? "", pod.Metadata.Uid ?? "");

    /// <summary><c>exec in namespace/name (uid), container c</c>.</summary>
    public override string ToString() => Container is null ? $"{Kind} in {Workload}" : $"{Kind} in {Workload}, container {Container}";
}
