using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Authentication;

/// <summary>A token (authentication.k8s.io/v1 <c>TokenRequestStatus</c>).</summary>
public sealed record TokenRequestStatus
{
    /// <summary>The token.</summary>
    public string? Token { get; init; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset? ExpirationTimestamp { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }

    /// <summary>Shows no token.</summary>
    public override string ToString() => $"a token until {ExpirationTimestamp:O}";
}
