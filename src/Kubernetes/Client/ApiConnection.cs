using System.Net.Http.Headers;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>The connections to one API server under one identity, to be shared by every <see cref="ApiClient"/> that has them in common.</summary>
public sealed class ApiConnection : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ApiConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly BearerTokens _tokens;
    private readonly Uri _root;
    private Transport _transport;
    private TlsText? _refused;
    private string? _problem;
    private long _checked;
    private bool _disposed;

    /// <summary>Reads the credentials; connects at the first request.</summary>
    /// <exception cref="ApiConfigurationException">The options contradict each other, or a file is not there or not what it should be.</exception>
    public ApiConnection(ApiConnectionOptions options, TimeProvider time)
    {
        Validate(options);
        _options = options;
        _time = time;
        _root = new Uri(options.Server.AbsoluteUri.TrimEnd('/') + "/");
        _tokens = new BearerTokens(options, time);
        _transport = new Transport(options, TlsText.Read(options));
        _checked = time.GetTimestamp();
    }

    /// <summary>The server.</summary>
    public Uri Server => _options.Server;

    /// <summary>Closes the connections once the requests under way have ended.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _disposed = true;
                _transport.Dispose();
            }
        }
    }

    /// <summary>The pool in force, to be disposed of by the caller when the request has ended.</summary>
    internal Transport Rent()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_time.GetElapsedTime(_checked) >= CheckInterval)
            {
                LookAtFiles();
            }

            return _transport.Rent();
        }
    }

    /// <summary>A request with the credentials that are not the transport's.</summary>
    internal HttpRequestMessage CreateRequest(HttpMethod method, string pathAndQuery)
    {
        // HTTP/2 where TLS offers it, HTTP/1.1 otherwise.
        var request = new HttpRequestMessage(method, new Uri(_root, pathAndQuery)) { Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };

        // .NET takes the name that the certificate is checked against, and SNI, from this header and from nowhere else.
        request.Headers.Host = _options.TlsServerName;
        if (_tokens.Current() is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return request;
    }

    /// <summary>What is wrong with the credentials, for the message of a request that failed; null when nothing is known to be.</summary>
    internal string? CredentialProblem
    {
        get
        {
            lock (_gate)
            {
                return _problem ?? _tokens.Problem ?? ExpiredCertificate();
            }
        }
    }

    private string? ExpiredCertificate() => _transport.ClientCertificate is { } shown && shown.NotAfter.ToUniversalTime() < _time.GetUtcNow().UtcDateTime
        ? $"the client certificate ({shown.Subject}) in {_options.ClientCertificateFile ?? "client-certificate-data"} expired at {shown.NotAfter.ToUniversalTime():u}"
        : null;

    // Contents are compared, not times: a Secret volume swaps a symbolic link above the files. Files that do not fit together, as while
    // they are being replaced, leave the last good ones in force.
    private void LookAtFiles()
    {
        _checked = _time.GetTimestamp();
        try
        {
            var text = TlsText.Read(_options);
            if (text == _transport.Text || text == _refused)
            {
                _problem = text == _refused ? _problem : null;
                return;
            }

            _refused = text;
            var renewed = new Transport(_options, text);
            _transport.Dispose();
            _transport = renewed;
            _refused = null;
            _problem = null;
        }
        catch (ApiConfigurationException e)
        {
            _problem = e.Message;
        }
    }

    private static void Validate(ApiConnectionOptions options)
    {
        if (options.Server is not { IsAbsoluteUri: true, Scheme: "https" or "http" })
        {
            throw new ApiConfigurationException($"\"{options.Server}\" is not an https:// address");
        }

        var hasCertificate = (options.ClientCertificateData ?? options.ClientCertificateFile) is not null;
        var hasKey = (options.ClientKeyData ?? options.ClientKeyFile) is not null;
        if (hasCertificate != hasKey)
        {
            throw new ApiConfigurationException("a client certificate and its key go together, and only one of them is given");
        }

        if (options.InsecureSkipTlsVerify && (options.CertificateAuthorityData ?? options.CertificateAuthorityFile) is not null)
        {
            throw new ApiConfigurationException("a certificate authority and insecure-skip-tls-verify exclude each other");
        }

        if (options.Server.Scheme == "http" && (hasCertificate || options.Token is not null || options.TokenFile is not null))
        {
            throw new ApiConfigurationException($"{options.Server} is not https://, and credentials must not travel in the clear");
        }
    }
}
