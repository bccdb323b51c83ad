using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>A certificate authority, or an intermediate one, and what it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority(string subject = "CN=cluster-ca", TestAuthority? issuer = null, DateTimeOffset? notAfter = null)
    {
        var request = new CertificateRequest(subject, _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var end = notAfter ?? DateTimeOffset.UtcNow.AddDays(2);
        Certificate = issuer is null
            ? request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), end)
            : issuer.Sign(request, DateTimeOffset.UtcNow.AddDays(-29), end).CopyWithPrivateKey(_key);
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    /// <summary>A certificate with its key, fit for TLS.</summary>
    public X509Certificate2 Issue(
        string subject, string? usage = ClientAuthentication, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null) =>
        Issue(new X500DistinguishedName(subject), usage, notBefore, notAfter);

    public X509Certificate2 Issue(
        X500DistinguishedName subject, string? usage = ClientAuthentication, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Sign(Leaf(subject, key, usage), notBefore ?? DateTimeOffset.UtcNow.AddDays(-1), notAfter ?? DateTimeOffset.UtcNow.AddDays(1));
        return Usable(signed, key);
    }

    /// <summary>A certificate that nobody signed but its own key.</summary>
    public static X509Certificate2 SelfSigned(string subject, string? usage = ClientAuthentication)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Leaf(new X500DistinguishedName(subject), key, usage).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>A certificate that names this authority as its issuer, key identifier and all, and that another has signed.</summary>
    public X509Certificate2 Forge(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var forger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var forged = Sign(Leaf(new X500DistinguishedName(subject), key, ClientAuthentication), DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), forger);
        return Usable(forged, key);
    }

    /// <summary>What a signer makes of a request in PEM: subject and names as asked.</summary>
    public string Sign(string requestPem, DateTimeOffset notBefore, DateTimeOffset notAfter, bool withNames = true)
    {
        var asked = CertificateRequest.LoadSigningRequestPem(requestPem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        var request = new CertificateRequest(asked.SubjectName, asked.PublicKey, HashAlgorithmName.SHA256);
        foreach (var extension in asked.CertificateExtensions.Where(_ => withNames))
        {
            request.CertificateExtensions.Add(extension);
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        using var signed = Sign(request, notBefore, notAfter);
        return signed.ExportCertificatePem() + "\n";
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static CertificateRequest Leaf(X500DistinguishedName subject, ECDsa key, string? usage)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        }

        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter, ECDsa? forger = null)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(forger ?? _key), notBefore, notAfter, RandomNumberGenerator.GetBytes(8));
    }

    // Through PKCS #12, as TLS on some systems does not take keys that were never stored.
    private static X509Certificate2 Usable(X509Certificate2 signed, ECDsa key)
    {
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
