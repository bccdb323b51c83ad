using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>A pod (core/v1 <c>Pod</c>); fields not named here survive a round trip.</summary>
/// <remarks>The generated reader sets members that are absent to null and so undoes initialisers; the accessors put the defaults back.</remarks>
public sealed record Pod : IKubernetesObject
{
    /// <summary>Always <c>v1</c>.</summary>
    public string? ApiVersion { get; init => field = value ?? "v1"; } = "v1";

    /// <summary>Always <c>Pod</c>.</summary>
    public string? Kind { get; init => field = value ?? "Pod"; } = "Pod";

    /// <summary>Name, labels and the like.</summary>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What is wanted.</summary>
    public PodSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What is.</summary>
    public PodStatus? Status { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
