using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Authentication;

/// <summary>The token in question (authentication.k8s.io/v1 <c>TokenReviewSpec</c>).</summary>
public sealed record TokenReviewSpec
{
    /// <summary>The token.</summary>
    public string? Token { get; init; }

    /// <summary>Whom it should be for; absent means the API server.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }

    /// <summary>Shows no token.</summary>
    public override string ToString() => "a token";
}
