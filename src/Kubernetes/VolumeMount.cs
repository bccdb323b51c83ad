using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>Where a volume appears in a container (core/v1 <c>VolumeMount</c>).</summary>
public sealed record VolumeMount
{
    /// <summary>The volume's name.</summary>
    public string? Name { get; init; }

    /// <summary>Path in the container.</summary>
    public string? MountPath { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
