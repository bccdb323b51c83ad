using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using VirtualKubelet.Testing.ApiServer.Scripting;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer;

/// <summary>An API server for one test; see README.md.</summary>
public sealed class FakeApiServer : IAsyncDisposable
{
    private readonly FakeApiServerOptions _options;
    private readonly WebApplication _app;
    private readonly X509Certificate2? _certificate;
    private readonly bool _ownsIdentity;

    private FakeApiServer(FakeApiServerOptions options, ServerIdentity? identity, ApiStore? store)
    {
        _options = options;
        _ownsIdentity = identity is null;
        Identity = identity ?? new ServerIdentity();
        Store = store ?? new ApiStore(options.Time);
        _certificate = options.Tls ? Identity.IssueServer(options.ServerName, options.CertificateEnd) : null;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port, Listen));
        _app = builder.Build();
        _app.Run(new RequestDispatcher(this).HandleAsync);
    }

    /// <summary>The objects.</summary>
    public ApiStore Store { get; }

    /// <summary>What goes wrong.</summary>
    public Faults Faults { get; } = new();

    /// <summary>The watches that are open.</summary>
    public Watches Watches { get; } = new();

    /// <summary>What it was asked, in order of arrival.</summary>
    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    /// <summary>Users by token.</summary>
    public ConcurrentDictionary<string, string> Tokens { get; } = new();

    /// <summary>What a TokenReview tells of users besides their names, by name: <c>uid</c>, <c>groups</c>, <c>extra</c>.</summary>
    public ConcurrentDictionary<string, JsonElement> UserDetails { get; } = new();

    /// <summary>Answers SubjectAccessReviews, given their spec.</summary>
    public Func<JsonElement, bool> AllowAccess { get; set; } = _ => true;

    /// <summary>What it says at <c>/version</c>: its minor version.</summary>
    public string MinorVersion { get; set; } = "31";

    /// <summary>What signs its certificate and those of clients.</summary>
    public ServerIdentity Identity { get; }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    internal TimeProvider Time => _options.Time;

    internal IReadOnlySet<string> DroppedStatusFields => _options.DroppedStatusFields;

    internal bool RequiresCredentials => _options.RequiresCredentials;

    /// <summary>Starts a server.</summary>
    /// <param name="options">How it is reached.</param>
    /// <param name="identity">An authority that outlives the server, and is then the caller's to dispose of; null makes one.</param>
    /// <param name="store">The objects of a server before, which comes back with them; null is none.</param>
    public static async Task<FakeApiServer> StartAsync(FakeApiServerOptions? options = null, ServerIdentity? identity = null, ApiStore? store = null)
    {
        var server = new FakeApiServer(options ?? new(), identity, store);
        await server._app.StartAsync();
        var address = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Url = new Uri(address);
        return server;
    }

    /// <summary>Stops at once: every connection breaks.</summary>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
        _certificate?.Dispose();
        if (_ownsIdentity)
        {
            Identity.Dispose();
        }
    }

    private void Listen(ListenOptions listen)
    {
        listen.Protocols = _options.Tls ? _options.Protocols : HttpProtocols.Http1;
        if (_options.Tls)
        {
            listen.UseHttps(https =>
            {
                https.ServerCertificate = _certificate;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;

                // A bad certificate is refused request by request, as a real server does, not in the handshake.
                https.AllowAnyClientCertificate();
            });
        }
    }
}
