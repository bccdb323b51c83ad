using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>The generation of a pod that a status or a condition speaks of; API servers know it since 1.33, older ones drop it.</summary>
internal static class ObservedGeneration
{
    /// <summary>The field with its value; null for a pod without a generation.</summary>
    public static Dictionary<string, JsonElement>? Of(Pod pod) => pod.Metadata.Generation is > 0 and var generation
        ? new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["observedGeneration"] = JsonSerializer.SerializeToElement(generation) }
        : null;
}
