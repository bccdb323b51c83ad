using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Coordination;

/// <summary>A lease (coordination.k8s.io/v1 <c>Lease</c>).</summary>
/// <remarks>The accessors put back the defaults of absent members, as in <see cref="Pod"/>.</remarks>
public sealed record Lease : IKubernetesObject
{
    /// <summary>Always <c>coordination.k8s.io/v1</c>.</summary>
    public string? ApiVersion { get; init => field = value ?? "coordination.k8s.io/v1"; } = "coordination.k8s.io/v1";

    /// <summary>Always <c>Lease</c>.</summary>
    public string? Kind { get; init => field = value ?? "Lease"; } = "Lease";

    /// <summary>Name, labels and the like.</summary>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>Who holds it and since when.</summary>
    public LeaseSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
