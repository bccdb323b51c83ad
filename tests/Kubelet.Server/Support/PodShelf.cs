using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>The pods of a test's node.</summary>
internal sealed class PodShelf : IPodLister
{
    public List<Pod> Pods { get; } = [];

    public IReadOnlyList<Pod> List() => Pods;

    public Pod? Find(string ns, string name) => Pods.Find(p => p.Metadata.Namespace == ns && p.Metadata.Name == name);
}
