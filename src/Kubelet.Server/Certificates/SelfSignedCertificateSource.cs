using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Certificates;

/// <summary>A self-signed certificate for trials, kept in a directory and renewed while the agent runs.</summary>
public sealed class SelfSignedCertificateSource : ICertificateSource
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly IReadOnlyList<string> _names;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FileCertificateSource _source;
    private long? _lastTry;

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
        CertificateLog.SelfSigned(logger, Files.CertFile);
    }

    /// <summary>Where it lies; clients on this machine may pin <see cref="CertificateFiles.CertFile"/>.</summary>
    public CertificateFiles Files { get; }

    /// <inheritdoc/>
    public SslStreamCertificateContext Current()
    {
        var current = _source.Current();
        return IsDue(current) ? Renew(current) : current;
    }

    private bool IsDue(SslStreamCertificateContext current) =>
        current.TargetCertificate.NotAfter - ServingCertificate.RenewBefore <= _time.GetLocalNow().DateTime;

    private SslStreamCertificateContext Renew(SslStreamCertificateContext current)
    {
        lock (_gate)
        {
            if (_lastTry is { } last && _time.GetElapsedTime(last) < RetryInterval)
            {
                return current;
            }

            _lastTry = _time.GetTimestamp();
            try
            {
                ServingCertificate.EnsureSelfSigned(_directory, _names, _time);
                return _source.Refresh();
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                // Weeks are left for somebody to make room.
                CertificateLog.NotRenewed(_logger, _directory, current.TargetCertificate.NotAfter, e);
                return current;
            }
        }
    }
}
