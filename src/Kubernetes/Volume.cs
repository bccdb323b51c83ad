using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>A volume (core/v1 <c>Volume</c>); its source stays as written.</summary>
public sealed record Volume
{
    /// <summary>The name, unique in the pod.</summary>
    public string? Name { get; init; }

    /// <summary>The source: one member named after its kind.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Source { get; set; }
}
