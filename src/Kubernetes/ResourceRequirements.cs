using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>What a container needs and may use (core/v1 <c>ResourceRequirements</c>); amounts are quantities as written.</summary>
public sealed record ResourceRequirements
{
    /// <summary>Amounts the container may not exceed.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Limits { get; init; }

    /// <summary>Amounts the container needs; an absent one falls back to the limit.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Requests { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
