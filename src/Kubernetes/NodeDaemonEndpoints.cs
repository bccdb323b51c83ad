using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>Ports of a node's daemons (core/v1 <c>NodeDaemonEndpoints</c>).</summary>
public sealed record NodeDaemonEndpoints
{
    /// <summary>The kubelet's.</summary>
    public DaemonEndpoint? KubeletEndpoint { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
