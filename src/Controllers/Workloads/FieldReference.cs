using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Values of <c>fieldRef</c>: the fields that Kubernetes offers to environment variables.</summary>
internal static class FieldReference
{
    /// <summary>The value of a field; null when the path names none that a variable may have.</summary>
    public static string? Resolve(string path, Pod pod, WorkloadContext context) => path switch
    {
        "metadata.name" => pod.Metadata.Name ?? "",
        "metadata.namespace" => pod.Metadata.Namespace ?? "",
        "metadata.uid" => pod.Metadata.Uid ?? "",
        "spec.nodeName" => context.NodeName,
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "default",
        "status.hostIP" or "status.hostIPs" or "status.podIP" or "status.podIPs" => context.HostAddress,
        _ when Key(path, "metadata.labels") is { } key => pod.Metadata.Labels?.GetValueOrDefault(key) ?? "",
        _ when Key(path, "metadata.annotations") is { } key => pod.Metadata.Annotations?.GetValueOrDefault(key) ?? "",
        _ => null,
    };

    // metadata.labels['key']: an absent key is an empty value, not an error (kubelet fieldpath.ExtractFieldPathAsString).
    private static string? Key(string path, string map) =>
        path.StartsWith(map + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) && path.Length > map.Length + 4
            ? path[(map.Length + 2)..^2]
            : null;
}
