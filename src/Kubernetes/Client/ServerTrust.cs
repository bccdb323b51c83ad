using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>Says why a server's certificate is refused: .NET's own words are "rejected by the callback".</summary>
internal static class ServerTrust
{
    /// <exception cref="AuthenticationException">The certificate is refused.</exception>
    public static bool Check(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (shown is not X509Certificate2 certificate)
        {
            throw new AuthenticationException("the server shows no certificate");
        }

        throw new AuthenticationException($"the server's certificate ({certificate.Subject}) {Explain(sender, certificate, chain, errors)}");
    }

    private static string Explain(object sender, X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            var asked = (sender as SslStream)?.TargetHostName;
            return $"is not for {asked}, but for {string.Join(", ", Names(certificate))}";
        }

        var faults = (chain?.ChainStatus ?? []).Select(s => s.Status).ToArray();
        return faults.Contains(X509ChainStatusFlags.NotTimeValid)
            ? string.Create(CultureInfo.InvariantCulture, $"is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u} only, or its authority is past its time")
            : $"is not signed by an authority that is trusted here ({string.Join(", ", faults)})";
    }

    private static IEnumerable<string> Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToArray();
        return names.SelectMany(n => n.EnumerateDnsNames()).Concat(names.SelectMany(n => n.EnumerateIPAddresses()).Select(a => a.ToString()));
    }
}
