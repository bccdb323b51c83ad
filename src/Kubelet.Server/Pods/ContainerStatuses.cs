using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Kubelet.Server.Pods;

/// <summary>The status of a pod's containers, init and ephemeral ones included.</summary>
internal static class ContainerStatuses
{
    /// <summary>The status of one container; null when nothing is known of it.</summary>
    public static ContainerStatus? Find(Pod pod, string container) => Of(pod).FirstOrDefault(s => s.Name == container);

    /// <summary>The containers that run.</summary>
    public static IEnumerable<ContainerStatus> Running(Pod pod) => Of(pod).Where(s => s.State?.Running is not null);

    /// <summary>Whether a container of the pod runs.</summary>
    public static bool IsRunning(Pod pod, string container) => Running(pod).Any(s => s.Name == container);

    private static IEnumerable<ContainerStatus> Of(Pod pod) =>
    [
        .. pod.Status?.InitContainerStatuses ?? [],
        .. pod.Status?.ContainerStatuses ?? [],
        .. pod.Status?.EphemeralContainerStatuses ?? [],
    ];
}
