using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>What came behind the client's certificate in the TLS handshake of a connection. Kestrel tells of the certificate only.</summary>
internal sealed class ClientChain
{
    /// <summary>Longer chains are nobody's.</summary>
    private const int MaxIntermediates = 8;

    /// <summary>The certificates; more than the bound are not kept.</summary>
    public IReadOnlyList<X509Certificate2> Intermediates { get; private set; } = [];

    /// <summary>Remembers the certificates of a handshake. They are copied, as TLS disposes of its own.</summary>
    public void Remember(X509Chain? chain)
    {
        if (chain is { ChainPolicy.ExtraStore.Count: > 0 })
        {
            Intermediates = [.. chain.ChainPolicy.ExtraStore.Take(MaxIntermediates).Select(c => X509CertificateLoader.LoadCertificate(c.RawDataMemory.Span))];
        }
    }
}
