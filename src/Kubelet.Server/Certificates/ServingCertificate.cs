using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubelet.Server.Certificates;

/// <summary>Makes self-signed serving certificates.</summary>
public static class ServingCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>What every certificate of ours covers besides the names it was asked for.</summary>
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "::1"];

    /// <summary>Time before its end at which a certificate is renewed.</summary>
    internal static TimeSpan RenewBefore { get; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Makes sure that <c>tls.crt</c> and <c>tls.key</c> (0600) lie in a directory: ECDSA P-256, a year long, for the given names
    /// and addresses and the loopback ones. What is there is kept while it is valid for another 30 days and covers the names.
    /// </summary>
    /// <param name="directory">Made when it is not there.</param>
    /// <param name="names">The node's name and addresses; wildcard addresses such as <c>0.0.0.0</c> are left out.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static CertificateFiles EnsureSelfSigned(string directory, IEnumerable<string> names, TimeProvider time)
    {
        var files = new CertificateFiles(Path.Combine(directory, "tls.crt"), Path.Combine(directory, "tls.key"));
        var wanted = ServingNames.Clean(names.Concat(Loopback));
        if (!IsUsable(files, wanted, time.GetUtcNow()))
        {
            Directory.CreateDirectory(directory);
            Make(files, wanted, time.GetUtcNow());
        }

        return files;
    }

    private static bool IsUsable(CertificateFiles files, IReadOnlyList<string> names, DateTimeOffset now)
    {
        try
        {
            using var certificate = CertificateFiles.LoadLeaf(files.Read());
            return certificate.NotBefore <= now.LocalDateTime
                && certificate.NotAfter - RenewBefore > now.LocalDateTime
                && ServingNames.AreCoveredBy(certificate, names);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or CryptographicException or InvalidDataException)
        {
            // Nothing there yet, or a crash came between the two files: both are made anew.
            return false;
        }
    }

    private static void Make(CertificateFiles files, IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Request(names, key).CreateSelfSigned(now - ClockSkew, now + Lifetime);
        FileReplacement.Write(files.KeyFile, key.ExportPkcs8PrivateKeyPem() + "\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        FileReplacement.Write(
            files.CertFile,
            certificate.ExportCertificatePem() + "\n",
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static CertificateRequest Request(IReadOnlyList<string> names, ECDsa key)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(names[0].Length <= 64 ? names[0] : "vk-slurm");
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(ServingNames.ToExtension(names));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        return request;
    }
}
