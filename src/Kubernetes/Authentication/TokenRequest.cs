using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Authentication;

/// <summary>Asks for a token of a service account (authentication.k8s.io/v1 <c>TokenRequest</c>).</summary>
/// <remarks>The accessors put back the defaults of absent members, as in <see cref="Pod"/>.</remarks>
public sealed record TokenRequest : IKubernetesObject
{
    /// <summary>Always <c>authentication.k8s.io/v1</c>.</summary>
    public string? ApiVersion { get; init => field = value ?? "authentication.k8s.io/v1"; } = "authentication.k8s.io/v1";

    /// <summary>Always <c>TokenRequest</c>.</summary>
    public string? Kind { get; init => field = value ?? "TokenRequest"; } = "TokenRequest";

    /// <summary>Name, labels and the like.</summary>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What it is to be.</summary>
    public TokenRequestSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>The token.</summary>
    public TokenRequestStatus? Status { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
