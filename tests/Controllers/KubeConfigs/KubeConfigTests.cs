using VirtualKubelet.Controllers.KubeConfigs;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;

namespace VirtualKubelet.Controllers.Tests.KubeConfigs;

public sealed class KubeConfigTests : IDisposable
{
    private const string Whole = """
        apiVersion: v1
        kind: Config
        current-context: here
        preferences: {}
        contexts:
        - {name: here, context: {cluster: local, user: agent, namespace: jobs}}
        - {name: by-token, context: {cluster: other, user: robot}}
        - {name: nobody, context: {cluster: local, user: ""}}
        - {name: lost-cluster, context: {cluster: gone, user: agent}}
        - {name: lost-user, context: {cluster: local, user: gone}}
        - {name: plugin, context: {cluster: local, user: plugin}}
        - {name: mask, context: {cluster: local, user: mask}}
        - {name: no-server, context: {cluster: empty, user: agent}}
        - {name: no-base64, context: {cluster: broken, user: agent}}
        clusters:
        - name: local
          cluster:
            server: https://10.0.0.1:6443/prefix
            certificate-authority: pki/ca.crt
            tls-server-name: kubernetes
        - {name: other, cluster: {server: "https://[fd00::1]:6443", insecure-skip-tls-verify: true, proxy-url: "http://proxy:3128"}}
        - {name: empty, cluster: {}}
        - {name: broken, cluster: {server: "https://x", certificate-authority-data: "???"}}
        users:
        - name: agent
          user: {client-certificate: /etc/agent.crt, client-key-data: a2V5}
        - {name: robot, user: {token: abc, tokenFile: ../token}}
        - {name: plugin, user: {exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}}}
        - {name: mask, user: {token: abc, as: root}}
        """;

    private readonly TempDirectory _directory = new();

    private string Path => _directory["config"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_current_context_says_how_to_connect()
    {
        _directory.Write("config", Whole);
        var options = KubeConfigFile.Load(Path);

        Assert.Equal(
            new ApiConnectionOptions
            {
                Server = new Uri("https://10.0.0.1:6443/prefix"),
                CertificateAuthorityFile = _directory["pki/ca.crt"],
                TlsServerName = "kubernetes",
                ClientCertificateFile = "/etc/agent.crt",
                ClientKeyData = "key",
                DefaultNamespace = "jobs",
            },
            options);
        Assert.DoesNotContain("key", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_context_can_be_named()
    {
        _directory.Write("config", Whole);
        var options = KubeConfigFile.Load(Path, "by-token");

        Assert.Equal(new Uri("https://[fd00::1]:6443"), options.Server);
        Assert.Equal(("abc", System.IO.Path.GetFullPath(_directory["../token"])), (options.Token, options.TokenFile));
        Assert.Equal((true, new Uri("http://proxy:3128")), (options.InsecureSkipTlsVerify, options.Proxy));
        Assert.Null(KubeConfigFile.Load(Path, "nobody").Token);
    }

    [Theory]
    [InlineData("else", "has no context \"else\"; there are \"here\", \"by-token\"")]
    [InlineData("lost-cluster", "has no cluster \"gone\"; there are \"local\", \"other\"")]
    [InlineData("lost-user", "has no user \"gone\"; there are \"agent\", \"robot\"")]
    [InlineData("plugin", "lets user \"plugin\" prove who it is by exec, which is not supported here")]
    [InlineData("mask", "lets user \"mask\" prove who it is by as, which is not supported here")]
    [InlineData("no-server", "gives no server for cluster \"empty\"")]
    [InlineData("no-base64", "has a certificate-authority-data that is not base64")]
    public void What_is_missing_is_said_with_what_there_is(string context, string expected)
    {
        _directory.Write("config", Whole);
        Assert.Contains($"the kubeconfig {Path} {expected}", Fail(context), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is not one YAML map")]
    [InlineData("contexts: [", "is not YAML")]
    [InlineData("{}", "has no current-context; name one of none")]
    [InlineData("contexts: {here: 1}", "wrong type at $.contexts")]
    [InlineData("current-context: a\n---\ncurrent-context: b", "is not one YAML map")]
    public void What_is_no_kubeconfig_is_refused(string text, string expected)
    {
        _directory.Write("config", text);
        Assert.Contains(expected, Fail(null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.Contains($"the kubeconfig {Path} cannot be read", Fail(null), StringComparison.Ordinal);

    [Fact(Timeout = 60_000)]
    public async Task A_kubeconfig_leads_to_the_server()
    {
        await using var server = await FakeApiServer.StartAsync(new() { Tls = true, RequiresCredentials = true });
        var (certificate, key) = server.Identity.IssueClient("system:node:virtual-0");
        _directory.Write("ca.crt", server.Identity.AuthorityPem);
        _directory.Write("client.crt", certificate);
        _directory.Write("client.key", key);
        _directory.Write("config", $$$"""
            {"current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
             "clusters": [{"name": "c", "cluster": {"server": "{{{server.Url}}}", "certificate-authority": "ca.crt"}}],
             "users": [{"name": "u", "user": {"client-certificate": "client.crt", "client-key": "client.key"}}]}
            """);
        using var connection = new ApiConnection(KubeConfigFile.Load(Path), TimeProvider.System);

        var list = await new ApiClient(connection, new(), TimeProvider.System).ListAllAsync(ApiResources.Pods, null, new ListOptions(), CancellationToken.None);

        Assert.Empty(list.Items);
        Assert.Equal("system:node:virtual-0", Assert.Single(server.Requests).User);
    }

    private string Fail(string? context) => Assert.Throws<ApiConfigurationException>(() => KubeConfigFile.Load(Path, context)).Message;
}
