namespace VirtualKubelet.Kubelet.Client;

/// <summary>
/// How to reach a kubelet and prove who asks. The server's certificate is checked in one of four ways: against the system's authorities,
/// <see cref="CertificateAuthorityFile"/>, <see cref="PinnedCertificateFile"/>, or not at all; two of them at once are an error.
/// </summary>
public sealed record KubeletClientOptions
{
    /// <summary>The kubelet, such as <c>https://node1:10250</c>; HTTPS only, as a token travels along.</summary>
    public required Uri Server { get; init; }

    /// <summary>A bearer token. Excludes <see cref="TokenFile"/>.</summary>
    public string? BearerToken { get; init; }

    /// <summary>A file that holds the bearer token; read for every request, so that a rotated token is taken up.</summary>
    public string? TokenFile { get; init; }

    /// <summary>PEM file of a client certificate; together with <see cref="ClientKeyFile"/>.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>PEM file of the client certificate's key, not encrypted.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>PEM file of the authorities, and no others, that may have signed the server's certificate; its names are checked, too.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>PEM file of the very certificates the server may show; its names do not matter then.</summary>
    public string? PinnedCertificateFile { get; init; }

    /// <summary>Takes any certificate: the token may go to an impostor.</summary>
    public bool Insecure { get; init; }

    /// <summary>
    /// Whether exec and attach may be streams of one HTTP/2 connection (RFC 8441) where the kubelet takes that, as ours does; elsewhere, and unless set, each has a connection of its
    /// own. For many short commands: there is no TLS handshake for each. The commands share the connection's rate and its end.
    /// </summary>
    public bool SharesConnection { get; init; }

    /// <summary>Time to connect.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time from a request to the header of its answer; what follows may take as long as it takes.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the kubelet is asked whether it is still there, in exec, attach and port-forward.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Silence after which a kubelet that is asked counts as dead, and its sessions as broken.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Shows no token.</summary>
    public override string ToString() => Server.ToString();
}
