using System.Net.Security;

namespace VirtualKubelet.Kubelet.Server.Certificates;

/// <summary>The serving certificate, asked for at every TLS handshake, so that a renewed one needs no restart.</summary>
public interface ICertificateSource
{
    /// <summary>The certificate in force with its intermediates. The same object as long as it does not change, as it is dear to make.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">There is none yet: the handshake fails.</exception>
    SslStreamCertificateContext Current();
}
