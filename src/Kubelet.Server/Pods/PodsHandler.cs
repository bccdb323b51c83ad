using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Kubelet.Server.Pods;

/// <summary><c>/pods</c>: every pod of this node as it stands.</summary>
internal sealed class PodsHandler(IPodLister pods)
{
    public Task HandleAsync(HttpContext context, IReadOnlyList<string> parameters) =>
        PodListResponse.WriteAsync(context, pods.List());
}
