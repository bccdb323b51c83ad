using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;

/// <summary>
/// A serving certificate that is requested from the API server (a CertificateSigningRequest) and renewed in time, or at once when the node is
/// known by other names. It is kept on disk, so that a restart needs no new one. Until there is one, handshakes fail, as those of a kubelet with
/// <c>serverTLSBootstrap</c> do; the rest of the agent does not mind.
/// </summary>
public sealed class RequestedCertificateSource : BackgroundService, ICertificateSource
{
    // Renewal is due by the wall clock, which may be set; also, a timer cannot wait for months.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    // Timers drop fractions of a millisecond; the loop must not spin through the last one.
    private static readonly TimeSpan TimerStep = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly CertificateRequestOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CertificateIssue _issue;
    private readonly RequestBackoff _backoff = new();
    private readonly string _file;
    private IReadOnlyList<string> _names;
    private CancellationTokenSource _namesChanged = new();
    private volatile IssuedCertificate? _current;

    /// <summary>Loads the certificate of an earlier run if there is one; more happens once the service is started.</summary>
    public RequestedCertificateSource(CertificateRequestOptions options, TimeProvider time, ILogger<RequestedCertificateSource> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _issue = new CertificateIssue(options, time, logger);
        _file = Path.Combine(options.Directory, "serving.pem");
        _names = ServingNames.Clean(options.Names);
        LoadKept();
    }

    /// <inheritdoc/>
    /// <exception cref="AuthenticationException">There is none yet.</exception>
    public SslStreamCertificateContext Current() =>
        _current?.Context ?? throw new AuthenticationException("no serving certificate has been issued to this node yet");

    /// <summary>Tells by what addresses and host names the node is known now; if the certificate lacks one, another is requested at once.</summary>
    public void UpdateNames(IReadOnlyList<string> names)
    {
        CancellationTokenSource changed;
        lock (_gate)
        {
            var known = ServingNames.Clean(names);
            if (known.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(_names))
            {
                return;
            }

            _names = known;
            changed = _namesChanged;
        }

        changed.Cancel();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _namesChanged.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_current is null)
        {
            CertificateRequestLog.NothingToServe(_logger);
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            var (names, changed) = BeginRound();
            using var round = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, changed);
            try
            {
                await RunRoundAsync(names, round.Token);
            }
            catch (OperationCanceledException) when (round.IsCancellationRequested)
            {
                // Either the service stops, or the next round begins with other names.
            }
        }
    }

    private (IReadOnlyList<string> Names, CancellationToken Changed) BeginRound()
    {
        lock (_gate)
        {
            if (_namesChanged.IsCancellationRequested)
            {
                _namesChanged = new CancellationTokenSource();
            }

            return (_names, _namesChanged.Token);
        }
    }

    /// <summary>Sleeps until something is due, or does it and sleeps off what went wrong.</summary>
    private async Task RunRoundAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var pause = await StepAsync(names, cancellationToken);
        await Task.Delay(pause < LongestSleep ? pause : LongestSleep, _time, cancellationToken);
    }

    /// <summary>Time until the certificate is to be replaced; null when there is none for the names.</summary>
    private TimeSpan? Due(IReadOnlyList<string> names) =>
        _current is { } current && current.Fits(_options.NodeName, names) ? current.RotateAt - _time.GetUtcNow() : null;

    // As the kubelet since 1.31: a certificate without an address would be replaced in a moment.
    private TimeSpan WaitForAddress(IReadOnlyList<string> names)
    {
        CertificateRequestLog.NoAddress(_logger, string.Join(", ", names));
        return LongestSleep;
    }

    /// <returns>How long there is nothing to do.</returns>
    private async Task<TimeSpan> StepAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        try
        {
            if (Due(names) is { } left && left > TimeSpan.Zero)
            {
                return left + TimerStep;
            }

            if (!names.Any(n => IPAddress.TryParse(n, out _)))
            {
                return WaitForAddress(names);
            }

            await RequestAsync(names, cancellationToken);

            // Even should the new certificate be due already, as one of a signer with another idea of the time is.
            return ShortestInterval;
        }
        catch (Exception e) when (e is NotIssuedException or ApiException or CryptographicException)
        {
            var delay = _backoff.Next(e is NotIssuedException { IsRefused: true } or CryptographicException);
            CertificateRequestLog.NotIssued(_logger, delay, e.Message);
            return delay;
        }
#pragma warning disable CA1031 // The loop is the last resort: without it the certificate would end one day and nobody would know why.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var delay = _backoff.Next(isRefused: false);
            CertificateRequestLog.Failed(_logger, delay, e);
            return delay;
        }
    }

    private async Task RequestAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var text = await _issue.RequestAsync(names, _current is null, cancellationToken);
        var issued = IssuedCertificate.Load(text, _time.GetUtcNow());
        Keep(text);
        Serve(issued);
        if (!issued.Fits(_options.NodeName, names))
        {
            throw new NotIssuedException($"the signer left out some of {string.Join(", ", names)}", isRefused: true);
        }

        _backoff.Reset();
    }

    private void LoadKept()
    {
        try
        {
            Serve(IssuedCertificate.Load(new CertificateFiles(_file, _file).Read(), _time.GetUtcNow()));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // The first start.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException)
        {
            CertificateRequestLog.OfNoUse(_logger, _file, e.Message);
        }
    }

    private void Serve(IssuedCertificate issued)
    {
        // The one before is not disposed: handshakes may still use it.
        _current = issued;
        CertificateRequestLog.InForce(_logger, _file, issued.NotAfter, issued.RotateAt);
    }

    // One file for both, so that no crash leaves a certificate beside another's key.
    private void Keep(CertificateText text)
    {
        try
        {
            Directory.CreateDirectory(_options.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            FileReplacement.Write(_file, text.Certificates.TrimEnd('\n') + "\n" + text.Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CertificateRequestLog.NotKept(_logger, _file, e.Message);
        }
    }
}
