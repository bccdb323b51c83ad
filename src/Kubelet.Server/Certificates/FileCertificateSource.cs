using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Certificates;

/// <summary>
/// A certificate from files, looked at again at handshakes, at most once a second. Contents are compared, not times: a
/// Secret volume swaps a symbolic link above the files. Files that do not fit together leave the last good certificate in force.
/// </summary>
public sealed class FileCertificateSource : ICertificateSource
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CertificateFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private CertificateText _text;
    private SslStreamCertificateContext _current;
    private long _checked;

    /// <summary>Loads the files.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">The files are no certificate and key, or the key is not the certificate's.</exception>
    public FileCertificateSource(CertificateFiles files, TimeProvider time, ILogger<FileCertificateSource> logger)
        : this(files, time, (ILogger)logger)
    {
    }

    internal FileCertificateSource(CertificateFiles files, TimeProvider time, ILogger logger)
    {
        _files = files;
        _time = time;
        _logger = logger;
        _text = files.Read();
        _current = CertificateFiles.Load(_text);
        _checked = time.GetTimestamp();
    }

    /// <inheritdoc/>
    public SslStreamCertificateContext Current()
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_checked) >= CheckInterval)
            {
                Reload();
            }

            return _current;
        }
    }

    /// <summary>Looks at the files now.</summary>
    internal SslStreamCertificateContext Refresh()
    {
        lock (_gate)
        {
            Reload();
            return _current;
        }
    }

    private void Reload()
    {
        _checked = _time.GetTimestamp();
        try
        {
            var text = _files.Read();
            if (text == _text)
            {
                return;
            }

            // Remembered before it is tried: what is broken is complained of once, not at every handshake.
            _text = text;

            // The old one is not disposed: handshakes may still use it.
            _current = CertificateFiles.Load(text);
            CertificateLog.Reloaded(_logger, _files.CertFile);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or CryptographicException)
        {
            CertificateLog.NotReloaded(_logger, _files.CertFile, _files.KeyFile, e);
        }
    }
}
