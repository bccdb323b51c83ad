using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>A pod that somebody wants.</summary>
/// <param name="Pod">The pod, with namespace, name and UID.</param>
/// <param name="Errors">Why it cannot run; when there are any, only its metadata counts.</param>
internal sealed record DeclaredPod(Pod Pod, IReadOnlyList<string> Errors)
{
    /// <summary>The pod's key.</summary>
    public PodKey Key => PodKey.Of(Pod);

    /// <summary>The pod's UID.</summary>
    public string Uid => Pod.Metadata.Uid!;
}
