using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>One way to reach a node (core/v1 <c>NodeAddress</c>).</summary>
public sealed record NodeAddress
{
    /// <summary>Such as <c>InternalIP</c> or <c>Hostname</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The address.</summary>
    public required string Address { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
