using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Authentication;

/// <summary>Asks whose token it is (authentication.k8s.io/v1 <c>TokenReview</c>).</summary>
/// <remarks>The accessors put back the defaults of absent members, as in <see cref="Pod"/>.</remarks>
public sealed record TokenReview : IKubernetesObject
{
    /// <summary>Always <c>authentication.k8s.io/v1</c>.</summary>
    public string? ApiVersion { get; init => field = value ?? "authentication.k8s.io/v1"; } = "authentication.k8s.io/v1";

    /// <summary>Always <c>TokenReview</c>.</summary>
    public string? Kind { get; init => field = value ?? "TokenReview"; } = "TokenReview";

    /// <summary>Name, labels and the like.</summary>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>The question.</summary>
    public TokenReviewSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>The answer.</summary>
    public TokenReviewStatus? Status { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
