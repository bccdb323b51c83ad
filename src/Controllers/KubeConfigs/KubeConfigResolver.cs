using System.Text;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.KubeConfigs;

/// <summary>Follows a context to its cluster and user, and says exactly what is missing on the way.</summary>
internal sealed class KubeConfigResolver(string path, KubeConfig config)
{
    private static readonly string[] UnknownWays = ["exec", "auth-provider", "username", "password", "as", "as-uid", "as-groups", "as-user-extra"];

    private readonly string _directory = Path.GetDirectoryName(Path.GetFullPath(path))!;

    public ApiConnectionOptions Resolve(string? contextName)
    {
        var name = contextName ?? config.CurrentContext;
        if (string.IsNullOrEmpty(name))
        {
            throw Wrong($"has no current-context; name one of {Names(config.Contexts?.Select(c => c.Name))}");
        }

        var context = Find("context", name, config.Contexts, c => c.Name)?.Context;
        var cluster = Find("cluster", context?.Cluster, config.Clusters, c => c.Name)?.Cluster;
        var user = string.IsNullOrEmpty(context?.User) ? null : Find("user", context.User, config.Users, u => u.Name)?.User;
        return Combine(context!, cluster ?? new(), user ?? new());
    }

    private ApiConnectionOptions Combine(KubeContext context, KubeCluster cluster, KubeUser user)
    {
        RefuseUnknownWays(context.User, user);
        return new ApiConnectionOptions
        {
            Server = Url(cluster.Server, $"server of cluster {Shown.Quoted(context.Cluster)}")
                ?? throw Wrong($"gives no server for cluster {Shown.Quoted(context.Cluster)}"),
            CertificateAuthorityData = Pem(cluster.CertificateAuthorityData, "certificate-authority-data"),
            CertificateAuthorityFile = File(cluster.CertificateAuthority),
            ClientCertificateData = Pem(user.ClientCertificateData, "client-certificate-data"),
            ClientCertificateFile = File(user.ClientCertificate),
            ClientKeyData = Pem(user.ClientKeyData, "client-key-data"),
            ClientKeyFile = File(user.ClientKey),
            Token = Empty(user.Token),
            TokenFile = File(user.TokenFile),
            TlsServerName = Empty(cluster.TlsServerName),
            InsecureSkipTlsVerify = cluster.InsecureSkipTlsVerify,
            Proxy = Url(cluster.ProxyUrl, "proxy-url"),
            DefaultNamespace = Empty(context.Namespace),
        };
    }

    // Leaving one out would make the agent somebody else, or nobody.
    private void RefuseUnknownWays(string? name, KubeUser user)
    {
        if (UnknownWays.FirstOrDefault(way => user.Other?.ContainsKey(way) == true) is { } unknown)
        {
            throw Wrong($"lets user {Shown.Quoted(name)} prove who it is by {unknown}, which is not supported here; use a client certificate, a token or a tokenFile");
        }
    }

    private T Find<T>(string what, string? name, IReadOnlyList<T>? all, Func<T, string?> nameOf) =>
        (all ?? []).FirstOrDefault(item => nameOf(item) == name)
        ?? throw Wrong($"has no {what} {Shown.Quoted(name)}; there are {Names(all?.Select(nameOf))}");

    private static string Names(IEnumerable<string?>? names) =>
        names?.ToArray() is { Length: > 0 } some ? string.Join(", ", some.Take(10).Select(Shown.Quoted)) : "none";

    private Uri? Url(string? text, string what) => Empty(text) is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) ? url
        : throw Wrong($"has a {what} that is no address: {Shown.Quoted(text)}");

    private string? File(string? relative) => Empty(relative) is { } given ? Path.GetFullPath(Path.Combine(_directory, given)) : null;

    private string? Pem(string? base64, string what)
    {
        if (Empty(base64) is null)
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64!));
        }
        catch (FormatException e)
        {
            throw new ApiConfigurationException($"the kubeconfig {path} has a {what} that is not base64", e);
        }
    }

    private static string? Empty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private ApiConfigurationException Wrong(string what) => new($"the kubeconfig {path} {what}");
}
