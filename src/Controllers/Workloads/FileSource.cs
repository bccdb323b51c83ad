using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Where files of a volume come from.</summary>
/// <param name="Path">Where the pod says so.</param>
internal abstract record FileSource(FieldPath Path)
{
    /// <summary>A ConfigMap or Secret.</summary>
    /// <param name="Reference">The object.</param>
    /// <param name="Items">The keys to take; empty is all.</param>
    /// <param name="IsOptional">Whether the pod can do without the object and its keys.</param>
    /// <param name="Path">Where the pod says so.</param>
    internal sealed record FromObject(ConfigReference Reference, IReadOnlyList<KeyToPath> Items, bool IsOptional, FieldPath Path) : FileSource(Path);

    /// <summary>The pod itself (the downward API).</summary>
    internal sealed record FromPod(IReadOnlyList<DownwardAPIVolumeFile> Items, FieldPath Path) : FileSource(Path);

    /// <summary>Something that this node makes no files of.</summary>
    internal sealed record FromElsewhere(FieldPath Path) : FileSource(Path);
}
