using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>What events about pods are about.</summary>
internal static class PodReferences
{
    /// <summary>The pod.</summary>
    public static ObjectReference Of(Pod pod) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Namespace = pod.Metadata.Namespace,
        Name = pod.Metadata.Name,
        Uid = pod.Metadata.Uid,
        ResourceVersion = pod.Metadata.ResourceVersion,
    };

    /// <summary>One of its containers, where <c>kubectl describe</c> looks for it.</summary>
    public static ObjectReference Of(Pod pod, string container)
    {
        var list = (pod.Spec.InitContainers ?? []).Any(c => c.Name == container) ? "initContainers" : "containers";
        return Of(pod) with { FieldPath = $"spec.{list}{{{container}}}" };
    }
}
