namespace VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;

/// <summary>
/// Pauses between requests that come to nothing. They double: from 2 s to 32 s, as the kubelet's, when something failed; from 1 min to 1 h when
/// somebody refused.
/// </summary>
internal sealed class RequestBackoff
{
    private const int MaxDoublings = 10;

    private int _failures;

    /// <summary>The pause after one more request that came to nothing.</summary>
    public TimeSpan Next(bool isRefused)
    {
        var (first, longest) = isRefused ? (TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)) : (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(32));
        var pause = first * Math.Pow(2, _failures);
        _failures = Math.Min(_failures + 1, MaxDoublings);
        return (pause < longest ? pause : longest) * (1 + (0.1 * Random.Shared.NextDouble()));
    }

    /// <summary>A request succeeded.</summary>
    public void Reset() => _failures = 0;
}
