using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Authentication;

/// <summary>A user (authentication.k8s.io/v1 <c>UserInfo</c>).</summary>
public sealed record UserInfo
{
    /// <summary>The name.</summary>
    public string? Username { get; init; }

    /// <summary>The identity, different from that of an earlier namesake.</summary>
    public string? Uid { get; init; }

    /// <summary>Groups.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>What the authenticator adds.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Extra { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
