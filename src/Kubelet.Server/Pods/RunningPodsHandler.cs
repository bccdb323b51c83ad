using Microsoft.AspNetCore.Http;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Kubelet.Server.Pods;

/// <summary>
/// <c>/runningpods/</c>: what runs now, as a container runtime would know it: identity, and names and images of the running
/// containers (kubelet <c>kubecontainer.Pod.ToAPIPod</c>).
/// </summary>
internal sealed class RunningPodsHandler(IPodLister pods)
{
    public Task HandleAsync(HttpContext context, IReadOnlyList<string> parameters) =>
        PodListResponse.WriteAsync(context, [.. pods.List().Select(Running).OfType<Pod>()]);

    private static Pod? Running(Pod pod)
    {
        var containers = ContainerStatuses.Running(pod)
            .Select(s => new Container { Name = s.Name, Image = s.Image })
            .ToList();
        return containers.Count == 0
            ? null
            : new Pod
            {
                Metadata = new ObjectMeta { Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace, Uid = pod.Metadata.Uid },
                Spec = new PodSpec { Containers = containers },
            };
    }
}
