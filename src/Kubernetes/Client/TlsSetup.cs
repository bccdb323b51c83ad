using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>Makes .NET's TLS options of PEM texts.</summary>
internal static class TlsSetup
{
    /// <exception cref="ApiConfigurationException">A text is not what it should be, or the key is not the certificate's.</exception>
    public static SslClientAuthenticationOptions Create(ApiConnectionOptions options, TlsText text, out X509Certificate2? clientCertificate)
    {
        var tls = new SslClientAuthenticationOptions();
        clientCertificate = null;
        if (text is { Certificate: { } certificate, Key: { } key })
        {
            clientCertificate = LoadClientCertificate(options, certificate, key);
            tls.ClientCertificateContext = CreateContext(clientCertificate, certificate);
        }

        if (text.Authorities is { } authorities)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(LoadAuthorities(options, authorities));
        }

#pragma warning disable CA5359 // What the option says.
        tls.RemoteCertificateValidationCallback = options.InsecureSkipTlsVerify ? static (_, _, _, _) => true : ServerTrust.Check;
#pragma warning restore CA5359
        return tls;
    }

    private static X509Certificate2 LoadClientCertificate(ApiConnectionOptions options, string certificate, string key)
    {
        var where = options.ClientCertificateData is null ? options.ClientCertificateFile : "client-certificate-data";
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // ArgumentException is how .NET says that the key is another certificate's.
            throw new ApiConfigurationException($"the client certificate in {where} cannot be used with its key: {e.Message}", e);
        }
    }

    private static SslStreamCertificateContext CreateContext(X509Certificate2 leaf, string text)
    {
        var intermediates = new X509Certificate2Collection();
        intermediates.ImportFromPem(text);
        intermediates.RemoveAt(0);

        // Offline: nothing is fetched from addresses that a certificate names.
        return SslStreamCertificateContext.Create(leaf, intermediates, offline: true);
    }

    private static X509Certificate2Collection LoadAuthorities(ApiConnectionOptions options, string text)
    {
        var where = options.CertificateAuthorityData is null ? options.CertificateAuthorityFile : "certificate-authority-data";
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(text);
            return authorities.Count > 0 ? authorities : throw new ApiConfigurationException($"{where} holds no certificate in PEM");
        }
        catch (CryptographicException e)
        {
            throw new ApiConfigurationException($"the certificate authority in {where} cannot be read: {e.Message}", e);
        }
    }
}
