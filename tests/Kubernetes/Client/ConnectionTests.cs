using Microsoft.AspNetCore.Server.Kestrel.Core;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Kubernetes.Tests.Support;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Kubernetes.Tests.Client;

public sealed class ConnectionTests
{
    private const int Deadline = 60_000;
    private static readonly ObjectKey Web = new("default", "web");

    [Theory(Timeout = Deadline)]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(HttpProtocols.Http2, "HTTP/2")]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1")]
    public async Task The_newest_protocol_both_know_is_spoken(HttpProtocols offered, string spoken)
    {
        await using var harness = await ClientHarness.StartTlsAsync(offered);
        harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));
        await harness.Client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);
        Assert.Equal(spoken, Assert.Single(harness.Server.Requests).Protocol);
    }

    [Fact(Timeout = Deadline)]
    public async Task Many_watches_share_a_connection_and_more_than_it_carries_open_another()
    {
        const int Watches = 130;
        await using var harness = await ClientHarness.StartTlsAsync(HttpProtocols.Http2);
        using var stop = new CancellationTokenSource();
        var watching = Enumerable.Range(0, Watches).Select(_ => WatchAsync(harness.Client, stop.Token)).ToArray();

        // Kestrel carries 100 streams on a connection, as a kube-apiserver does since 1.29 or so.
        await harness.Server.Watches.WaitForCountAsync(Watches, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.InRange(harness.Server.Requests.Select(r => r.ConnectionId).Distinct().Count(), 2, 4);
        await stop.CancelAsync();
        await Task.WhenAll(watching);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_rotated_token_file_is_taken_up_and_an_empty_one_is_not()
    {
        using var directory = new TempDirectory();
        directory.Write("token", "first\n");
        var time = new FakeTimeProvider();
        await using var server = await FakeApiServer.StartAsync(new() { Tls = true, RequiresCredentials = true });
        server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));
        server.Tokens["first"] = "alice";
        server.Tokens["second"] = "alice";
        using var connection = new ApiConnection(Trusting(server) with { TokenFile = directory["token"], Token = "zeroth" }, time);
        var client = new ApiClient(connection, ClientHarness.Options, time);

        await client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);
        server.Tokens.Remove("first", out _);
        directory.Write("token", "second");
        await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(ApiResources.Pods, Web, CancellationToken.None));
        time.Advance(TimeSpan.FromSeconds(1));
        await client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);
        directory.Write("token", "");
        time.Advance(TimeSpan.FromSeconds(1));
        await client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);
        server.Tokens.Clear();
        var error = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(ApiResources.Pods, Web, CancellationToken.None));
        Assert.Equal(ApiErrorKind.Unauthorized, error.Kind);
        Assert.Contains("does not hold a token", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_rotated_client_certificate_gets_new_connections_and_old_watches_keep_theirs()
    {
        using var directory = new TempDirectory();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await FakeApiServer.StartAsync(new() { Tls = true, RequiresCredentials = true });
        server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));
        WriteCertificate(directory, server.Identity.IssueClient("first"));
        using var connection = new ApiConnection(
            Trusting(server) with { ClientCertificateFile = directory["crt"], ClientKeyFile = directory["key"] }, time);
        var client = new ApiClient(connection, ClientHarness.Options, time);
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(client, stop.Token);
        var session = await server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None);

        // Half of a rotation: a certificate without its key is left aside.
        var renewed = server.Identity.IssueClient("second");
        directory.Write("crt", renewed.Certificate);
        time.Advance(TimeSpan.FromSeconds(1));
        await client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);
        directory.Write("key", renewed.Key);
        time.Advance(TimeSpan.FromSeconds(1));
        await client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);

        Assert.Equal(["first", "first", "second"], server.Requests.Select(r => r.User));
        session.Bookmark();
        Assert.False(watching.IsCompleted);
        await stop.CancelAsync();
        await watching;
    }

    [Fact(Timeout = Deadline)]
    public async Task Whoever_shows_an_expired_certificate_is_told_that_this_is_why()
    {
        await using var server = await FakeApiServer.StartAsync(new() { Tls = true, RequiresCredentials = true });
        var (certificate, key) = server.Identity.IssueClient("late", DateTimeOffset.UtcNow.AddDays(-2));
        using var connection = new ApiConnection(Trusting(server) with { ClientCertificateData = certificate, ClientKeyData = key }, TimeProvider.System);
        var client = new ApiClient(connection, ClientHarness.Options, TimeProvider.System);

        var error = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(ApiResources.Pods, Web, CancellationToken.None));

        Assert.Equal(ApiErrorKind.Unauthorized, error.Kind);
        Assert.Contains("the client certificate (CN=late, O=system:nodes) in client-certificate-data expired at", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_server_that_cannot_be_trusted_gets_no_token_and_the_reason_is_told()
    {
        using var stranger = new ServerIdentity();
        await using var expired = await FakeApiServer.StartAsync(new() { Tls = true, CertificateEnd = DateTimeOffset.UtcNow.AddDays(-1) });
        await using var named = await FakeApiServer.StartAsync(new() { Tls = true, ServerName = "kubernetes.default.svc" });
        (ApiConnectionOptions Options, string Reason)[] cases =
        [
            (Trusting(expired), "is valid from"),
            (Trusting(named), "is not for 127.0.0.1, but for kubernetes.default.svc"),
            (Trusting(named) with { TlsServerName = "other" }, "is not for other"),
            (Trusting(named) with { TlsServerName = "kubernetes.default.svc", CertificateAuthorityData = stranger.AuthorityPem }, "is not signed by an authority"),
            (new ApiConnectionOptions { Server = named.Url, TlsServerName = "kubernetes.default.svc" }, "is not signed by an authority"),
        ];
        foreach (var (options, reason) in cases)
        {
            using var connection = new ApiConnection(options with { Token = "secret" }, TimeProvider.System);
            var client = new ApiClient(connection, ClientHarness.Options, TimeProvider.System);
            var error = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(ApiResources.Pods, Web, CancellationToken.None));
            Assert.Equal(ApiErrorKind.Unreachable, error.Kind);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(expired.Requests);
        Assert.Empty(named.Requests);
    }

    [Fact(Timeout = Deadline)]
    public async Task The_name_to_check_can_be_given_and_the_check_left_out()
    {
        await using var server = await FakeApiServer.StartAsync(new() { Tls = true, ServerName = "kubernetes.default.svc" });
        server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));
        foreach (var options in (ApiConnectionOptions[])[
            Trusting(server) with { TlsServerName = "kubernetes.default.svc" },
            new() { Server = server.Url, InsecureSkipTlsVerify = true }])
        {
            using var connection = new ApiConnection(options, TimeProvider.System);
            await new ApiClient(connection, ClientHarness.Options, TimeProvider.System).GetAsync(ApiResources.Pods, Web, CancellationToken.None);
        }
    }

    [Fact]
    public void Options_that_cannot_work_are_refused_with_the_reason()
    {
        using var directory = new TempDirectory();
        using var identity = new ServerIdentity();
        var one = identity.IssueClient("one");
        var other = identity.IssueClient("other");
        directory.Write("bad", "no PEM");
        directory.Write("worse", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        var server = new ApiConnectionOptions { Server = new Uri("https://127.0.0.1:6443") };
        (ApiConnectionOptions Options, string Reason)[] cases =
        [
            (server with { Server = new Uri("/x", UriKind.Relative) }, "not an https:// address"),
            (server with { Server = new Uri("http://127.0.0.1"), Token = "t" }, "must not travel in the clear"),
            (server with { ClientCertificateData = one.Certificate }, "only one of them is given"),
            (server with { ClientCertificateData = one.Certificate, ClientKeyData = other.Key }, "cannot be used with its key"),
            (server with { ClientCertificateFile = directory["bad"], ClientKeyData = one.Key }, $"{directory["bad"]} cannot be used with its key"),
            (server with { ClientCertificateFile = directory["none"], ClientKeyData = one.Key }, $"the client certificate file {directory["none"]} cannot be read"),
            (server with { CertificateAuthorityFile = directory["bad"] }, $"{directory["bad"]} holds no certificate"),
            (server with { CertificateAuthorityFile = directory["worse"] }, $"the certificate authority in {directory["worse"]} cannot be read"),
            (server with { CertificateAuthorityData = identity.AuthorityPem, InsecureSkipTlsVerify = true }, "exclude each other"),
            (server with { TokenFile = directory["none"] }, $"the token file {directory["none"]} cannot be read"),
        ];
        Assert.All(cases, c => Assert.Contains(c.Reason, Assert.Throws<ApiConfigurationException>(() => new ApiConnection(c.Options, TimeProvider.System)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_pod_finds_its_own_cluster()
    {
        using var directory = new TempDirectory();
        var environment = new Dictionary<string, string?> { ["KUBERNETES_SERVICE_HOST"] = "fd00::1", ["KUBERNETES_SERVICE_PORT"] = "443" };
        string? Look(string name) => environment.GetValueOrDefault(name);
        Assert.Contains("token is not there", Assert.Throws<ApiConfigurationException>(() => InClusterConfiguration.Load(Look, directory.Path)).Message, StringComparison.Ordinal);
        directory.Write("token", "t");
        directory.Write("namespace", "vk\n");

        var options = InClusterConfiguration.Load(Look, directory.Path);

        Assert.Equal(new Uri("https://[fd00::1]:443/"), options.Server);
        Assert.Equal((directory["token"], directory["ca.crt"], "vk"), (options.TokenFile, options.CertificateAuthorityFile, options.DefaultNamespace));
        environment.Clear();
        Assert.Contains("not a pod of a cluster", Assert.Throws<ApiConfigurationException>(() => InClusterConfiguration.Load(Look, directory.Path)).Message, StringComparison.Ordinal);
    }

    private static ApiConnectionOptions Trusting(FakeApiServer server) => new() { Server = server.Url, CertificateAuthorityData = server.Identity.AuthorityPem };

    private static void WriteCertificate(TempDirectory directory, (string Certificate, string Key) pair)
    {
        directory.Write("crt", pair.Certificate);
        directory.Write("key", pair.Key);
    }

    private static async Task WatchAsync(ApiClient client, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in client.WatchAsync(ApiResources.Pods, null, new WatchOptions(), cancellationToken))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
