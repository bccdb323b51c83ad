using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>One source of a projected volume (core/v1 <c>VolumeProjection</c>); exactly one is present.</summary>
public sealed record VolumeProjection
{
    /// <summary>Files of a ConfigMap.</summary>
    public ConfigMapVolumeSource? ConfigMap { get; init; }

    /// <summary>Files of a Secret.</summary>
    public SecretProjection? Secret { get; init; }

    /// <summary>Files that tell of the pod itself.</summary>
    public DownwardAPIVolumeSource? DownwardAPI { get; init; }

    /// <summary>A token of the pod's account, or a source this build does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
