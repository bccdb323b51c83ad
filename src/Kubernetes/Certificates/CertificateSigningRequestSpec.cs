using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Certificates;

/// <summary>What certificate is asked for (certificates.k8s.io/v1 <c>CertificateSigningRequestSpec</c>).</summary>
public sealed record CertificateSigningRequestSpec
{
    /// <summary>The PKCS #10 request as PEM.</summary>
    public byte[]? Request { get; init; }

    /// <summary>Who is to sign.</summary>
    public string? SignerName { get; init; }

    /// <summary>Such as <c>digital signature</c>.</summary>
    public IReadOnlyList<string>? Usages { get; init; }

    /// <summary>How long it is to last, in seconds; at least 600.</summary>
    public int? ExpirationSeconds { get; init; }

    /// <summary>Who asked, as the API server saw it.</summary>
    public string? Username { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
