using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;

/// <summary>What serving certificate is requested of whom.</summary>
public sealed record CertificateRequestOptions
{
    /// <summary>The API server. Signers want the request to come from the node's own identity, <c>system:node:NAME</c>.</summary>
    public required ApiClient Client { get; init; }

    /// <summary>The node.</summary>
    public required string NodeName { get; init; }

    /// <summary>
    /// The node's addresses and host names as the API server dials them; see <see cref="RequestedCertificateSource.UpdateNames"/>. Wildcard
    /// addresses are left out, and without any address nothing is requested.
    /// </summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Where <c>serving.pem</c> lies, the certificate with its key; made when it is not there.</summary>
    public required string Directory { get; init; }

    /// <summary>How long the certificate should last, 10 minutes or more in whole seconds; absent leaves it to the signer.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>How long a request is waited for until another is made.</summary>
    public TimeSpan IssueTimeout { get; init; } = TimeSpan.FromMinutes(15);
}
