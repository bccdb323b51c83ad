using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>What a node reports (core/v1 <c>NodeStatus</c>).</summary>
public sealed record NodeStatus
{
    /// <summary>Quantities in all, by resource.</summary>
    public IReadOnlyDictionary<string, string>? Capacity { get; init; }

    /// <summary>Quantities that pods may use, by resource.</summary>
    public IReadOnlyDictionary<string, string>? Allocatable { get; init; }

    /// <summary>Conditions, those of others included.</summary>
    public IReadOnlyList<NodeCondition>? Conditions { get; init; }

    /// <summary>How to reach it, in order.</summary>
    public IReadOnlyList<NodeAddress>? Addresses { get; init; }

    /// <summary>Where its kubelet listens.</summary>
    public NodeDaemonEndpoints? DaemonEndpoints { get; init; }

    /// <summary>Names and versions of what it is made of.</summary>
    public NodeSystemInfo? NodeInfo { get; init; }

    /// <summary>Features that the node says it has, sorted; API servers know of it since 1.35.</summary>
    public IReadOnlyList<string>? DeclaredFeatures { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
