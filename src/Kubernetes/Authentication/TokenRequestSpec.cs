using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Authentication;

/// <summary>What a token is to be (authentication.k8s.io/v1 <c>TokenRequestSpec</c>).</summary>
public sealed record TokenRequestSpec
{
    /// <summary>Whom it is for; empty means the API server.</summary>
    public IReadOnlyList<string> Audiences { get; init => field = value ?? []; } = [];

    /// <summary>How long it is to last, in seconds; at least 600.</summary>
    public long? ExpirationSeconds { get; init; }

    /// <summary>The object with which it ends.</summary>
    public BoundObjectReference? BoundObjectRef { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
