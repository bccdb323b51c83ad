using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>
/// Verifies client certificates against a bundle of authorities, request by request: TLS lets every certificate pass. What was found about a
/// certificate is remembered until it ends or the authorities change. Revocation is not looked at, as everywhere in Kubernetes.
/// </summary>
internal sealed class ClientCertificateAuthenticator(string caFile, TimeProvider time, ILogger<ClientCertificateAuthenticator> logger) : IAuthenticator
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string CredentialId = "authentication.kubernetes.io/credential-id";

    // Short, as a certificate may be refused because it is not valid yet.
    private static readonly TimeSpan RefusalLifetime = TimeSpan.FromSeconds(30);

    private readonly ClientAuthorities _authorities = new(caFile, time, logger);

    /// <inheritdoc/>
    public ValueTask<User?> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken) =>
        credentials.ClientCertificate is { } leaf
            ? AuthenticationMetrics.CountAsync("x509", new(Authenticate(leaf, credentials.Intermediates)))
            : new((User?)null);

    private User? Authenticate(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> intermediates)
    {
        if (_authorities.Current() is not { } bundle)
        {
            AuthenticationLog.CertificateRefused(logger, leaf.Subject, "no authority of client certificates is known");
            return null;
        }

        var key = Digest(leaf, intermediates);
        if (!bundle.Verdicts.TryGet(key, out var verdict))
        {
            (verdict, var lifetime) = Verify(leaf, intermediates, bundle.Authorities);
            bundle.Verdicts.Set(key, verdict, lifetime);
        }

        return verdict.User;
    }

    /// <summary>All that the verdict hangs on, the authorities excepted.</summary>
    private static string Digest(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> intermediates)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(leaf.RawDataMemory.Span);
        foreach (var intermediate in intermediates)
        {
            hash.AppendData(intermediate.RawDataMemory.Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private (ClientAuthorities.Verdict Verdict, TimeSpan Lifetime) Verify(
        X509Certificate2 leaf, IReadOnlyList<X509Certificate2> intermediates, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(intermediates, authorities) };
        try
        {
            // What is built is not trusted yet: .NET believes in roots only, and a bundle may name an intermediate authority and not its root.
            var isBuilt = chain.Build(leaf);
            if (!isBuilt || !chain.ChainElements.Any(e => authorities.Any(a => a.RawDataMemory.Span.SequenceEqual(e.Certificate.RawDataMemory.Span))))
            {
                AuthenticationLog.CertificateRefused(logger, leaf.Subject, string.Join(", ", chain.ChainStatus.Select(s => s.Status)));
                return (default, RefusalLifetime);
            }

            var end = chain.ChainElements.Min(e => e.Certificate.NotAfter);
            return (new(UserOf(leaf)), end.ToUniversalTime() - time.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            AuthenticationLog.CertificateRefused(logger, leaf.Subject, e.Message);
            return (default, RefusalLifetime);
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private X509ChainPolicy Policy(IReadOnlyList<X509Certificate2> intermediates, X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority,
            VerificationTime = time.GetUtcNow().LocalDateTime,
        };
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        policy.CustomTrustStore.AddRange(authorities);
        policy.ExtraStore.AddRange(intermediates.ToArray());
        return policy;
    }

    /// <summary>As apiserver's <c>x509.CommonNameUserConversion</c>: of several common names Go keeps the last, and without one it is nobody.</summary>
    private static User? UserOf(X509Certificate2 leaf)
    {
        if (DistinguishedName.ValuesOf(leaf.SubjectName, DistinguishedName.CommonName) is not [.., { Length: > 0 } name])
        {
            return null;
        }

        return new User(name)
        {
            Groups = DistinguishedName.ValuesOf(leaf.SubjectName, DistinguishedName.Organization),
            Extra = new Dictionary<string, IReadOnlyList<string>> { [CredentialId] = ["X509SHA256=" + leaf.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()] },
        };
    }
}
