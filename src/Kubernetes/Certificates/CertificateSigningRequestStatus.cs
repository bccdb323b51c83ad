using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Certificates;

/// <summary>What became of a request (certificates.k8s.io/v1 <c>CertificateSigningRequestStatus</c>).</summary>
public sealed record CertificateSigningRequestStatus
{
    /// <summary>Approved, denied or failed.</summary>
    public IReadOnlyList<CertificateSigningRequestCondition>? Conditions { get; init; }

    /// <summary>The certificate and its intermediates as PEM.</summary>
    public byte[]? Certificate { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
