using VirtualKubelet.Controllers.Validation;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>What comes up while a pod is resolved.</summary>
internal sealed class ResolutionNotes
{
    private readonly OrderedDictionary<string, string> _missing = new(StringComparer.Ordinal);

    /// <summary>What cannot be resolved.</summary>
    public List<FieldError> Errors { get; } = [];

    /// <summary>Keys that became no variables.</summary>
    public List<ContainerNote> Skipped { get; } = [];

    /// <summary>What containers wait for.</summary>
    public IReadOnlyList<ContainerNote> Missing => [.. _missing.Select(m => new ContainerNote(m.Key, m.Value))];

    /// <summary>Something is not known yet.</summary>
    public bool HasUnknown { get; set; }

    /// <summary>Volumes that cannot be made now, in a kubelet's words.</summary>
    public List<string> Unmounted { get; } = [];

    /// <summary>Whether the pod has to wait.</summary>
    public bool MustWait => HasUnknown || _missing.Count > 0 || Unmounted.Count > 0;

    /// <summary>A container waits for something; as with a kubelet, the first thing counts.</summary>
    public void Miss(string container, string message) => _missing.TryAdd(container, message);
}
