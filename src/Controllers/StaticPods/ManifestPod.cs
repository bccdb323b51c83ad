using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>A valid pod of a manifest file.</summary>
/// <param name="Pod">The pod with a static pod's defaults.</param>
/// <param name="Place">Its place in the file, for names: <c>2</c>, or <c>2-1</c> for an item of a list.</param>
/// <param name="Origin">File and line, for people.</param>
internal sealed record ManifestPod(Pod Pod, string Place, string Origin)
{
    /// <summary>The pod's key.</summary>
    public PodKey Key => PodKey.Of(Pod);
}
