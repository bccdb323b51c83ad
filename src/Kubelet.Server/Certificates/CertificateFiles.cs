using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubelet.Server.Certificates;

/// <summary>Where a certificate lies.</summary>
/// <param name="CertFile">PEM: the certificate, then its intermediates.</param>
/// <param name="KeyFile">PEM: its private key, not encrypted.</param>
public sealed record CertificateFiles(string CertFile, string KeyFile)
{
    private const int MaxFileBytes = 1 << 20;

    /// <summary>The content of both files, the key behind the certificates.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is too large to be PEM.</exception>
    internal CertificateText Read() => new(Read(CertFile), Read(KeyFile));

    /// <summary>Makes what TLS needs of PEM texts.</summary>
    /// <exception cref="CryptographicException">The texts are no certificate and key, or the key is not the certificate's.</exception>
    internal static SslStreamCertificateContext Load(CertificateText text)
    {
        var certificate = LoadLeaf(text);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(text.Certificates);
        chain.RemoveAt(0);

        // Offline: the agent fetches nothing from addresses that a certificate names.
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    /// <summary>The first certificate with its key.</summary>
    /// <exception cref="CryptographicException">The texts are no certificate and key, or the key is not the certificate's.</exception>
    internal static X509Certificate2 LoadLeaf(CertificateText text)
    {
        try
        {
            return X509Certificate2.CreateFromPem(text.Certificates, text.Key);
        }
        catch (ArgumentException e)
        {
            // How .NET says that the key is another certificate's.
            throw new CryptographicException(e.Message, e);
        }
    }

    private static string Read(string path)
    {
        var length = new FileInfo(path).Length;
        return length <= MaxFileBytes
            ? File.ReadAllText(path)
            : throw new InvalidDataException($"{path} is {length} bytes long; that is no PEM file");
    }
}
