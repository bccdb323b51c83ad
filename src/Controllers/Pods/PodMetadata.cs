using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Compares what may change of a running pod.</summary>
internal static class PodMetadata
{
    /// <summary>Whether labels and annotations are equal; when the agent saw the pod first does not count.</summary>
    public static bool IsSame(Pod? applied, Pod wanted) =>
        applied is not null
        && IsSame(applied.Metadata.Labels, wanted.Metadata.Labels)
        && IsSame(applied.Metadata.Annotations, wanted.Metadata.Annotations);

    private static bool IsSame(IReadOnlyDictionary<string, string>? first, IReadOnlyDictionary<string, string>? second)
    {
        var compared = Compared(second).ToList();
        return Compared(first).Count() == compared.Count
            && compared.All(entry => first!.TryGetValue(entry.Key, out var value) && value == entry.Value);
    }

    private static IEnumerable<KeyValuePair<string, string>> Compared(IReadOnlyDictionary<string, string>? map) =>
        (map ?? new Dictionary<string, string>()).Where(entry => entry.Key != StaticPodDefaults.ConfigSeen);
}
