using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubelet.Server.Certificates;

/// <summary>Host names and addresses that a serving certificate is for.</summary>
internal static class ServingNames
{
    /// <summary>Each name once, without wildcard addresses such as <c>0.0.0.0</c>, which nobody dials.</summary>
    public static IReadOnlyList<string> Clean(IEnumerable<string> names) =>
        [.. names.Where(n => n.Length > 0 && !IsWildcard(n)).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Whether a certificate is for all of them.</summary>
    public static bool AreCoveredBy(X509Certificate2 certificate, IEnumerable<string> names) =>
        names.All(n => certificate.MatchesHostname(n, allowWildcards: false, allowCommonName: false));

    /// <summary>The names as an extension.</summary>
    public static X509Extension ToExtension(IEnumerable<string> names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        return alternatives.Build();
    }

    private static bool IsWildcard(string name) =>
        IPAddress.TryParse(name, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
}
