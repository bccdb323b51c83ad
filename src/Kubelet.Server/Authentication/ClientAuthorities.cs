using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Caching;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>
/// The authorities of client certificates, from a PEM bundle that is looked at again at requests, at most once a second. Contents are
/// compared, not times: a Secret volume swaps a symbolic link above the file. A file that is missing or holds no certificates leaves the last
/// good ones in force; as long as there were none, there is nobody to trust.
/// </summary>
internal sealed class ClientAuthorities
{
    private const int MaxFileBytes = 8 << 20;
    private const int MaxVerdicts = 4096;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private string? _text;
    private string? _problem;
    private Bundle? _current;
    private long _checked;

    /// <summary>Loads the file, or says that it cannot.</summary>
    public ClientAuthorities(string path, TimeProvider time, ILogger logger)
    {
        _path = path;
        _time = time;
        _logger = logger;
        Reload();
    }

    /// <summary>The authorities in force; null when there have never been any.</summary>
    public Bundle? Current()
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

    private void Reload()
    {
        _checked = _time.GetTimestamp();
        try
        {
            var text = Read();
            if (text != _text)
            {
                _current = new Bundle(Parse(text), new ExpiringCache<Verdict>(MaxVerdicts, _time));
                _text = text;
                AuthenticationLog.AuthoritiesLoaded(_logger, _current.Authorities.Count, _path);
            }

            _problem = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException)
        {
            Complain(e.Message);
        }
    }

    // Once for each problem, not at every request.
    private void Complain(string problem)
    {
        if (problem == _problem)
        {
            return;
        }

        _problem = problem;
        if (_current is null)
        {
            AuthenticationLog.NoAuthorities(_logger, _path, problem);
        }
        else
        {
            AuthenticationLog.AuthoritiesKept(_logger, _path, problem);
        }
    }

    private string Read()
    {
        var length = new FileInfo(_path).Length;
        return length <= MaxFileBytes ? File.ReadAllText(_path) : throw new InvalidDataException($"it is {length} bytes long; that is no PEM bundle");
    }

    private static X509Certificate2Collection Parse(string text)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(text);
        return authorities.Count > 0 ? authorities : throw new InvalidDataException("it holds no certificate in PEM");
    }

    /// <summary>Authorities, and what has been found about certificates under them: the findings go when the authorities do.</summary>
    /// <param name="Authorities">The certificates.</param>
    /// <param name="Verdicts">By a digest of what a client showed.</param>
    internal sealed record Bundle(X509Certificate2Collection Authorities, ExpiringCache<Verdict> Verdicts);

    /// <summary>What was found about a certificate.</summary>
    /// <param name="User">Whose it is; null when it is refused.</param>
    internal readonly record struct Verdict(User? User);
}
