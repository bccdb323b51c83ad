using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Authorization;

/// <summary>Asks whether a user may do something (authorization.k8s.io/v1 <c>SubjectAccessReview</c>).</summary>
/// <remarks>The accessors put back the defaults of absent members, as in <see cref="Pod"/>.</remarks>
public sealed record SubjectAccessReview : IKubernetesObject
{
    /// <summary>Always <c>authorization.k8s.io/v1</c>.</summary>
    public string? ApiVersion { get; init => field = value ?? "authorization.k8s.io/v1"; } = "authorization.k8s.io/v1";

    /// <summary>Always <c>SubjectAccessReview</c>.</summary>
    public string? Kind { get; init => field = value ?? "SubjectAccessReview"; } = "SubjectAccessReview";

    /// <summary>Name, labels and the like.</summary>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>The question.</summary>
    public SubjectAccessReviewSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>The answer.</summary>
    public SubjectAccessReviewStatus? Status { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
