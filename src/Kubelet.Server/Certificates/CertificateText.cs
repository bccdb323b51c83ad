namespace VirtualKubelet.Kubelet.Server.Certificates;

/// <summary>A certificate and its key in PEM.</summary>
/// <param name="Certificates">The certificate, then its intermediates.</param>
/// <param name="Key">The private key.</param>
internal sealed record CertificateText(string Certificates, string Key)
{
    /// <summary>Shows no key.</summary>
    public override string ToString() => "certificate and key";
}
