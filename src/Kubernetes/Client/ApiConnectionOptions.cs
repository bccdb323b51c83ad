namespace VirtualKubelet.Kubernetes.Client;

/// <summary>
/// How to reach an API server and prove who asks. Of each secret the data in PEM, if given, comes before the file; files are looked at
/// again while the agent runs, so that rotated ones are taken up.
/// </summary>
public sealed record ApiConnectionOptions
{
    /// <summary>The server, such as <c>https://10.0.0.1:6443</c>; a path is kept as a prefix.</summary>
    public required Uri Server { get; init; }

    /// <summary>PEM of the authorities, and no others, that may have signed the server's certificate; without data and file the system's may.</summary>
    public string? CertificateAuthorityData { get; init; }

    /// <summary>File of what <see cref="CertificateAuthorityData"/> describes.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>PEM of the client certificate and its intermediates.</summary>
    public string? ClientCertificateData { get; init; }

    /// <summary>File of what <see cref="ClientCertificateData"/> describes.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>PEM of the client certificate's key, not encrypted.</summary>
    public string? ClientKeyData { get; init; }

    /// <summary>File of what <see cref="ClientKeyData"/> describes.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>A bearer token; what <see cref="TokenFile"/> holds comes before it.</summary>
    public string? Token { get; init; }

    /// <summary>A file that holds the bearer token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The name the server's certificate must bear, if not that of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Takes any certificate: the credentials may go to an impostor.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>A proxy; absent means what <c>HTTPS_PROXY</c> and <c>NO_PROXY</c> say, as to every client of Kubernetes.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The namespace of one who names none.</summary>
    public string? DefaultNamespace { get; init; }

    /// <summary>Time to connect.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Shows no secrets.</summary>
    public override string ToString() => Server.ToString();
}
