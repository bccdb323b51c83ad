using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Authentication;

/// <summary>Whose token it is (authentication.k8s.io/v1 <c>TokenReviewStatus</c>).</summary>
public sealed record TokenReviewStatus
{
    /// <summary>Whether it is anybody's.</summary>
    public bool Authenticated { get; init; }

    /// <summary>The user.</summary>
    public UserInfo? User { get; init; }

    /// <summary>Whom it is for.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Why it could not be checked.</summary>
    public string? Error { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
