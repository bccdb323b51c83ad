using System.Collections.Immutable;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>The node's pods with their present status, for those who ask. Readers take no lock and see one moment.</summary>
public sealed class PodStore
{
    private readonly Lock _gate = new();
    private volatile ImmutableSortedDictionary<PodKey, Pod> _pods = ImmutableSortedDictionary<PodKey, Pod>.Empty;

    internal PodStore()
    {
    }

    /// <summary>All pods, by namespace and name. A pod that is being deleted bears a deletion timestamp.</summary>
    public IReadOnlyList<Pod> List() => [.. _pods.Values];

    /// <summary>The pod of that name; null when there is none.</summary>
    public Pod? Find(string podNamespace, string podName) => _pods.GetValueOrDefault(new PodKey(podNamespace, podName));

    internal void Set(PodKey key, Pod? pod)
    {
        lock (_gate)
        {
            _pods = pod is null ? _pods.Remove(key) : _pods.SetItem(key, pod);
        }
    }
}
