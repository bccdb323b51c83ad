namespace VirtualKubelet.Kubernetes.Client;

/// <summary>The PEM texts that a TLS configuration is made of, whether they came as data or from files; equal texts make an equal configuration.</summary>
internal sealed record TlsText(string? Authorities, string? Certificate, string? Key)
{
    private const int MaxFileBytes = 4 << 20;

    /// <summary>Reads what the options name.</summary>
    /// <exception cref="ApiConfigurationException">A file cannot be read.</exception>
    public static TlsText Read(ApiConnectionOptions options) => new(
        options.CertificateAuthorityData ?? ReadFile(options.CertificateAuthorityFile, "certificate authority"),
        options.ClientCertificateData ?? ReadFile(options.ClientCertificateFile, "client certificate"),
        options.ClientKeyData ?? ReadFile(options.ClientKeyFile, "client key"));

    /// <summary>Shows no key.</summary>
    public override string ToString() => "TLS configuration";

    private static string? ReadFile(string? path, string what)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            var length = new FileInfo(path).Length;
            return length <= MaxFileBytes
                ? File.ReadAllText(path)
                : throw new ApiConfigurationException($"the {what} file {path} is {length} bytes long; that is no PEM file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiConfigurationException($"the {what} file {path} cannot be read: {e.Message}", e);
        }
    }
}
