using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Certificates;

/// <summary>Asks for a certificate (certificates.k8s.io/v1 <c>CertificateSigningRequest</c>).</summary>
/// <remarks>The accessors put back the defaults of absent members, as in <see cref="Pod"/>.</remarks>
public sealed record CertificateSigningRequest : IKubernetesObject
{
    /// <summary>Always <c>certificates.k8s.io/v1</c>.</summary>
    public string? ApiVersion { get; init => field = value ?? "certificates.k8s.io/v1"; } = "certificates.k8s.io/v1";

    /// <summary>Always <c>CertificateSigningRequest</c>.</summary>
    public string? Kind { get; init => field = value ?? "CertificateSigningRequest"; } = "CertificateSigningRequest";

    /// <summary>Name, labels and the like.</summary>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>What is asked.</summary>
    public CertificateSigningRequestSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What became of it.</summary>
    public CertificateSigningRequestStatus? Status { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
