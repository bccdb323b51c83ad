namespace VirtualKubelet.Configuration;

/// <summary>Who may call the kubelet API.</summary>
public sealed record KubeletAuthentication
{
    /// <summary>Absolute path of a file with the bearer token; absent means a token that is generated as <c>token</c> in the state directory, mode 0600.</summary>
    public string? TokenFile { get; init; }

    /// <summary>
    /// Absolute path of the certificates, PEM, of the authorities that sign the client certificates of callers, that of the API server first of
    /// all; absent means that no certificate is taken. Only with an API server, which says what their owners may do.
    /// </summary>
    public string? ClientCAFile { get; init; }
}
