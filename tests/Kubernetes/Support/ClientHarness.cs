using Microsoft.AspNetCore.Server.Kestrel.Core;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Testing.ApiServer;

namespace VirtualKubelet.Kubernetes.Tests.Support;

/// <summary>A fake API server and a client of it.</summary>
internal sealed class ClientHarness : IAsyncDisposable
{
    private readonly ApiConnection _connection;

    private ClientHarness(FakeApiServer server, ApiConnection connection, ApiClientOptions options, TimeProvider time)
    {
        Server = server;
        _connection = connection;
        Client = new ApiClient(connection, options, time);
    }

    public FakeApiServer Server { get; }

    public ApiClient Client { get; }

    public static ApiClientOptions Options { get; } = new() { MaxRetryDelay = TimeSpan.FromSeconds(1) };

    public static async Task<ClientHarness> StartAsync(ApiClientOptions? options = null, TimeProvider? time = null)
    {
        var server = await FakeApiServer.StartAsync();
        var clock = time ?? TimeProvider.System;
        return new ClientHarness(server, new ApiConnection(new ApiConnectionOptions { Server = server.Url }, clock), options ?? Options, clock);
    }

    public static async Task<ClientHarness> StartTlsAsync(HttpProtocols protocols, Func<ApiConnectionOptions, ApiConnectionOptions>? change = null)
    {
        var server = await FakeApiServer.StartAsync(new FakeApiServerOptions { Tls = true, Protocols = protocols });
        var plain = new ApiConnectionOptions { Server = server.Url, CertificateAuthorityData = server.Identity.AuthorityPem };
        return new ClientHarness(server, new ApiConnection(change?.Invoke(plain) ?? plain, TimeProvider.System), Options, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await Server.DisposeAsync();
    }
}
