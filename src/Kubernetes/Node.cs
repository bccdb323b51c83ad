using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>A node (core/v1 <c>Node</c>); fields not named here survive a round trip.</summary>
/// <remarks>The accessors put back the defaults of absent members, as in <see cref="Pod"/>.</remarks>
public sealed record Node : IKubernetesObject
{
    /// <summary>Always <c>v1</c>.</summary>
    public string? ApiVersion { get; init => field = value ?? "v1"; } = "v1";

    /// <summary>Always <c>Node</c>.</summary>
    public string? Kind { get; init => field = value ?? "Node"; } = "Node";

    /// <summary>Name, labels and the like.</summary>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What is wanted of it.</summary>
    public NodeSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What it reports.</summary>
    public NodeStatus? Status { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
