using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;

/// <summary>A new key and the PKCS #10 request for it, as the signer <c>kubernetes.io/kubelet-serving</c> wants it.</summary>
/// <param name="KeyPem">The P-256 key, not encrypted.</param>
/// <param name="RequestPem">The request, which says nothing but subject and names.</param>
internal sealed record SigningRequest(string KeyPem, byte[] RequestPem)
{
    /// <summary>The common name that belongs to a node.</summary>
    public static string CommonName(string nodeName) => "system:node:" + nodeName;

    /// <summary>Makes a key and asks for names.</summary>
    public static SigningRequest Create(string nodeName, IReadOnlyList<string> names)
    {
        // Not AddCommonName: it holds names to the 64 characters of X.520, which Kubernetes does not.
        // What is added last is written first.
        var subject = new X500DistinguishedNameBuilder();
        subject.Add("2.5.4.3", CommonName(nodeName));
        subject.Add("2.5.4.10", "system:nodes");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(ServingNames.ToExtension(names));
        return new(key.ExportPkcs8PrivateKeyPem() + "\n", Encoding.ASCII.GetBytes(request.CreateSigningRequestPem() + "\n"));
    }

    /// <summary>Shows no key.</summary>
    public override string ToString() => "key and request";
}
