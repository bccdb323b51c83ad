using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Kubelet.Server.Pods;

/// <summary>The pods of this node with their current status. Called for every request, so it answers from memory.</summary>
public interface IPodLister
{
    /// <summary>All pods, those that ended included, until they are deleted. Name, namespace and UID are present.</summary>
    IReadOnlyList<Pod> List();

    /// <summary>One pod; null when this node has none of that name.</summary>
    Pod? Find(string ns, string name);
}
