using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;

/// <summary>A certificate that was issued, and when it is time for the next.</summary>
internal sealed class IssuedCertificate
{
    private IssuedCertificate(SslStreamCertificateContext context)
    {
        Context = context;
        NotAfter = Leaf.NotAfter.ToUniversalTime();
        DateTimeOffset notBefore = Leaf.NotBefore.ToUniversalTime();

        // As the kubelet: somewhere in the last third, so that nodes made together do not ask together.
        RotateAt = notBefore + ((NotAfter - notBefore) * (0.7 + (0.2 * Random.Shared.NextDouble())));
    }

    /// <summary>What TLS needs.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Its end.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>When it is to be replaced: at 70 to 90 % of its life.</summary>
    public DateTimeOffset RotateAt { get; }

    private X509Certificate2 Leaf => Context.TargetCertificate;

    /// <summary>Reads a certificate and its key.</summary>
    /// <exception cref="CryptographicException">The texts are no certificate and key, the key is another's, or the certificate is not in force.</exception>
    public static IssuedCertificate Load(CertificateText text, DateTimeOffset now)
    {
        var issued = new IssuedCertificate(CertificateFiles.Load(text));
        return issued.NotAfter > now ? issued : throw new CryptographicException($"it ended at {issued.NotAfter:u}");
    }

    /// <summary>Whether it is a node's and for all names by which the node is known.</summary>
    public bool Fits(string nodeName, IReadOnlyList<string> names) =>
        Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false) == SigningRequest.CommonName(nodeName) && ServingNames.AreCoveredBy(Leaf, names);
}
