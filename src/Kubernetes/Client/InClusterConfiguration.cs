namespace VirtualKubelet.Kubernetes.Client;

/// <summary>How a pod reaches the API server of its own cluster, as its service account.</summary>
public static class InClusterConfiguration
{
    /// <summary>Where a pod finds the files of its service account.</summary>
    public const string ServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Whether this process seems to run in a pod of a cluster.</summary>
    public static bool IsPresent => Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 };

    /// <summary>Reads the environment and the files.</summary>
    /// <exception cref="ApiConfigurationException">This is not a pod, or one without a service account token.</exception>
    public static ApiConnectionOptions Load() => Load(Environment.GetEnvironmentVariable, ServiceAccountDirectory);

    internal static ApiConnectionOptions Load(Func<string, string?> environment, string directory)
    {
        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || !ushort.TryParse(port, out var number))
        {
            throw new ApiConfigurationException("this is not a pod of a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; name a kubeconfig");
        }

        var token = Path.Combine(directory, "token");
        if (!File.Exists(token))
        {
            throw new ApiConfigurationException($"{token} is not there: does the pod mount the token of its service account?");
        }

        return new ApiConnectionOptions
        {
            Server = new UriBuilder("https", host, number).Uri,
            TokenFile = token,
            CertificateAuthorityFile = Path.Combine(directory, "ca.crt"),
            DefaultNamespace = ReadNamespace(Path.Combine(directory, "namespace")),
        };
    }

    private static string? ReadNamespace(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiConfigurationException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
