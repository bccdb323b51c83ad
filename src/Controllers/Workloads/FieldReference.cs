using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Values of <c>fieldRef</c>: the fields that Kubernetes offers to environment variables and to files.</summary>
internal static class FieldReference
{
    /// <summary>The value of a field; null when the path names none that a variable may have.</summary>
    public static string? Resolve(string path, Pod pod, WorkloadContext context) => path switch
    {
        "spec.nodeName" => context.NodeName,
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "default",
        "status.hostIP" or "status.hostIPs" or "status.podIP" or "status.podIPs" => context.HostAddress,
        _ => Metadata(path, pod),
    };

    /// <summary>The content of a file; null when the path names no field that a file may have.</summary>
    public static string? ResolveFile(string path, Pod pod) => path switch
    {
        "metadata.labels" => Lines(pod.Metadata.Labels),
        "metadata.annotations" => Lines(pod.Metadata.Annotations),
        _ => Metadata(path, pod),
    };

    private static string? Metadata(string path, Pod pod) => path switch
    {
        "metadata.name" => pod.Metadata.Name ?? "",
        "metadata.namespace" => pod.Metadata.Namespace ?? "",
        "metadata.uid" => pod.Metadata.Uid ?? "",
        _ when Key(path, "metadata.labels") is { } key => pod.Metadata.Labels?.GetValueOrDefault(key) ?? "",
        _ when Key(path, "metadata.annotations") is { } key => pod.Metadata.Annotations?.GetValueOrDefault(key) ?? "",
        _ => null,
    };

    // kubelet fieldpath.FormatMap.
    private static string Lines(IReadOnlyDictionary<string, string>? map) =>
        string.Join('\n', (map ?? new Dictionary<string, string>()).OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={GoQuotes.Quote(e.Value)}"));

    // metadata.labels['key']: an absent key is an empty value, not an error (kubelet fieldpath.ExtractFieldPathAsString).
    private static string? Key(string path, string map) =>
        path.StartsWith(map + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) && path.Length > map.Length + 4
            ? path[(map.Length + 2)..^2]
            : null;
}
