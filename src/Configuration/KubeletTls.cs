namespace VirtualKubelet.Configuration;

/// <summary>A serving certificate from files.</summary>
public sealed record KubeletTls
{
    /// <summary>Absolute path of the certificate chain, PEM.</summary>
    public required string CertFile { get; init; }

    /// <summary>Absolute path of the private key, PEM.</summary>
    public required string KeyFile { get; init; }
}
