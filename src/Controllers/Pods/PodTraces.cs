using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>What a status shows of the past.</summary>
internal static class PodTraces
{
    /// <summary>Whether some container of the pod was started.</summary>
    public static bool HasRun(PodStatus? status) =>
        status is not null && (status.Phase == PodPhases.Running || (status.InitContainerStatuses ?? []).Concat(status.ContainerStatuses ?? []).Any(HasRun));

    /// <summary>Whether a container was started.</summary>
    public static bool HasRun(ContainerStatus status) =>
        status.State?.Running is not null || status.State?.Terminated is not null || status.LastState?.Terminated is not null;
}
