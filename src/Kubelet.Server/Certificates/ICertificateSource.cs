using System.Net.Security;

namespace VirtualKubelet.Kubelet.Server.Certificates;

/// <summary>The serving certificate, asked for at every TLS handshake, so that a renewed one needs no restart.</summary>
public interface ICertificateSource
{
    /// <summary>The certificate in force with its intermediates. The same object as long as it does not change: TLS sessions hang on it.</summary>
    SslStreamCertificateContext Current();
}
