using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Streaming.Upgrades;

namespace VirtualKubelet.Kubelet.Client.Tests.Support;

/// <summary>A kubelet on Kestrel with TLS, which answers as a test tells it to.</summary>
internal sealed class TestKubelet : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _directory = Directory.CreateTempSubdirectory("vk-test-").FullName;
    private readonly X509Certificate2 _certificate = ScriptedKubelet.Make("CN=kubelet", "127.0.0.1");

    private TestKubelet(RequestDelegate handle, int port, HttpProtocols protocols)
    {
        File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = protocols;
            listen.UseHttps(_certificate);
        }));
        _app = builder.Build();
        _app.Run(context =>
        {
            Connections.TryAdd(context.Connection.Id, context.Request.Protocol);
            Requests.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
            return handle(context);
        });
    }

    public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>The connections over which requests came, by ID, and what they speak.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, string> Connections { get; } = [];

    public Uri Uri => new(_app.Urls.Single());

    public KubeletClientOptions Options => new() { Server = Uri, PinnedCertificateFile = CertificateFile };

    private string CertificateFile => Path.Combine(_directory, "server.crt");

    public static async Task<TestKubelet> StartAsync(RequestDelegate handle, int port = 0, HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        var kubelet = new TestKubelet(handle, port, protocols);
        await kubelet._app.StartAsync();
        return kubelet;
    }

    /// <summary>Upgrades to one of these protocols, as the real server does; null when the request was refused.</summary>
    public static async Task<(Stream Stream, string Protocol)?> UpgradeAsync(HttpContext context, params IReadOnlyList<string> protocols)
    {
        var answer = WebSocketUpgrade.Negotiate(RequestOf(context), protocols);
        return await AcceptAsync(context, answer) is { } stream ? (stream, answer.Protocol!) : null;
    }

    /// <summary>The same over SPDY.</summary>
    public static Task<Stream?> UpgradeToSpdyAsync(HttpContext context, params IReadOnlyList<string> protocols) =>
        AcceptAsync(context, SpdyUpgrade.Negotiate(RequestOf(context), protocols));

    public static Task RefuseAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _certificate.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<Stream?> AcceptAsync(HttpContext context, UpgradeAnswer answer)
    {
        if (!answer.IsAccepted)
        {
            await RefuseAsync(context, answer.StatusCode, answer.Body);
            return null;
        }

        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers.Append(name, value);
        }

        return IsStream(context)
            ? await context.Features.Get<IHttpExtendedConnectFeature>()!.AcceptAsync()
            : await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
    }

    private static bool IsStream(HttpContext context) => context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private static UpgradeRequest RequestOf(HttpContext context)
    {
        var headers = context.Request.Headers;
        return new UpgradeRequest
        {
            Method = IsStream(context) ? "GET" : context.Request.Method,
            IsStream = IsStream(context),
            Connection = headers.Connection,
            Upgrade = headers.Upgrade,
            StreamProtocolVersions = headers["X-Stream-Protocol-Version"],
            WebSocketProtocols = headers.SecWebSocketProtocol,
            WebSocketVersion = headers.SecWebSocketVersion,
            WebSocketKey = headers.SecWebSocketKey,
        };
    }
}
