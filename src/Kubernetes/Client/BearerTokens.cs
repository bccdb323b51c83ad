namespace VirtualKubelet.Kubernetes.Client;

/// <summary>The bearer token in force. A file is read again at requests, at most once a second, as service account tokens are rotated.</summary>
internal sealed class BearerTokens
{
    private const int MaxFileBytes = 1 << 20;
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly string? _file;
    private readonly TimeProvider _time;
    private string? _token;
    private string? _problem;
    private long _checked;

    /// <exception cref="ApiConfigurationException">There is a file, it cannot be read, and there is no other token.</exception>
    public BearerTokens(ApiConnectionOptions options, TimeProvider time)
    {
        _file = options.TokenFile;
        _time = time;
        _token = options.Token;
        if (_file is null)
        {
            return;
        }

        Read();
        if (_token is null)
        {
            throw new ApiConfigurationException(_problem!);
        }
    }

    /// <summary>The token; null for none.</summary>
    public string? Current()
    {
        lock (_gate)
        {
            if (_file is not null && _time.GetElapsedTime(_checked) >= CheckInterval)
            {
                Read();
            }

            return _token;
        }
    }

    /// <summary>Why the file's last content is not in force; null when it is.</summary>
    public string? Problem
    {
        get
        {
            lock (_gate)
            {
                return _problem;
            }
        }
    }

    private void Read()
    {
        _checked = _time.GetTimestamp();
        try
        {
            var token = new FileInfo(_file!).Length <= MaxFileBytes ? File.ReadAllText(_file!).Trim() : "";

            // A header with a line break in it could not be sent, and everything else that is not printable is no token either.
            _problem = token.Length > 0 && !token.AsSpan().ContainsAnyExceptInRange('!', '~') ? null : $"{_file} does not hold a token";
            _token = _problem is null ? token : _token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problem = $"the token file {_file} cannot be read: {e.Message}";
        }
    }
}
