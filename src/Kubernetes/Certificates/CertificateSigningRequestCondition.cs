using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Certificates;

/// <summary>A decision on a request (certificates.k8s.io/v1 <c>CertificateSigningRequestCondition</c>).</summary>
public sealed record CertificateSigningRequestCondition
{
    /// <summary><c>Approved</c>, <c>Denied</c> or <c>Failed</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>True</c>; absent, too, means true.</summary>
    public string? Status { get; init; }

    /// <summary>One CamelCase word.</summary>
    public string? Reason { get; init; }

    /// <summary>The same for people.</summary>
    public string? Message { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
