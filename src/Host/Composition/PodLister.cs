using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Host.Composition;

/// <summary>Shows the kubelet's API the controllers' pods.</summary>
internal sealed class PodLister(PodStore pods) : IPodLister
{
    public IReadOnlyList<Pod> List() => pods.List();

    public Pod? Find(string ns, string name) => pods.Find(ns, name);
}
