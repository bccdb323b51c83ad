using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Certificates;

/// <summary>A self-signed certificate, kept in a directory and renewed while the agent runs.</summary>
public sealed class SelfSignedCertificateSource : ICertificateSource
{
    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly IReadOnlyList<string> _names;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FileCertificateSource _source;

    /// <summary>Loads or makes the certificate; see <see cref="ServingCertificate.EnsureSelfSigned"/>.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public SelfSignedCertificateSource(
        string directory, IEnumerable<string> names, TimeProvider time, ILogger<SelfSignedCertificateSource> logger)
    {
        _directory = directory;
        _names = [.. names];
        _time = time;
        _logger = logger;
        Files = ServingCertificate.EnsureSelfSigned(directory, _names, time);
        _source = new FileCertificateSource(Files, time, logger);
    }

    /// <summary>Where it lies; clients on this machine may pin <see cref="CertificateFiles.CertFile"/>.</summary>
    public CertificateFiles Files { get; }

    /// <inheritdoc/>
    public SslStreamCertificateContext Current()
    {
        var current = _source.Current();
        if (!IsDue(current))
        {
            return current;
        }

        lock (_gate)
        {
            CertificateLog.RenewalDue(_logger, _directory);
            ServingCertificate.EnsureSelfSigned(_directory, _names, _time);
        }

        return _source.Current();
    }

    private bool IsDue(SslStreamCertificateContext current) =>
        current.TargetCertificate.NotAfter - ServingCertificate.RenewBefore <= _time.GetLocalNow().DateTime;
}
