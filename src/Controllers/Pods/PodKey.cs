using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>What users call a pod; one after the other, several pods may bear the same key.</summary>
internal readonly record struct PodKey(string Namespace, string Name) : IComparable<PodKey>
{
    /// <summary>The key of a pod that has both names.</summary>
    public static PodKey Of(Pod pod) => new(pod.Metadata.Namespace!, pod.Metadata.Name!);

    /// <inheritdoc/>
    public int CompareTo(PodKey other)
    {
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}/{Name}";
}
