using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>One port of a node (core/v1 <c>DaemonEndpoint</c>).</summary>
public sealed record DaemonEndpoint
{
    /// <summary>The port; its JSON key alone begins with a capital letter.</summary>
    [JsonPropertyName("Port")]
    public required int Port { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
