using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Authorization;

/// <summary>Who wants to do what (authorization.k8s.io/v1 <c>SubjectAccessReviewSpec</c>).</summary>
public sealed record SubjectAccessReviewSpec
{
    /// <summary>The user's name.</summary>
    public string? User { get; init; }

    /// <summary>The user's identity.</summary>
    public string? Uid { get; init; }

    /// <summary>The user's groups.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>What the authenticator added.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Extra { get; init; }

    /// <summary>The deed.</summary>
    public ResourceAttributes? ResourceAttributes { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
