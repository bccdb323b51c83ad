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

    /// <summary>Part of the volume to mount; absent is all of it.</summary>
    public string? SubPath { get; init; }

    /// <summary>The same with <c>$(VAR)</c>s of the container's environment.</summary>
    public string? SubPathExpr { get; init; }

    /// <summary>Whether the container may not write there.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
