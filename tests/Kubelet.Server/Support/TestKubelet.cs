using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Certificates;
using VirtualKubelet.Kubelet.Server.Health;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubelet.Streaming;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>A whole server on a real HTTPS socket, with its token and clients.</summary>
internal sealed class TestKubelet : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<IDisposable> _clients = [];
    private ServiceProvider? _services;

    private TestKubelet()
    {
        TokenPath = _directory["token"];
        TokenFile.EnsureExists(TokenPath);
    }

    /// <summary>Clients of tests do not always close; they are not waited for as long as others.</summary>
    public static StreamingOptions Streaming { get; } = new() { LingerTimeout = TimeSpan.FromMilliseconds(300) };

    public PodShelf Shelf { get; } = new();

    public ScriptedProvider Provider { get; } = new();

    public LogRecorder Log { get; } = new();

    public ScriptedSyncLoop SyncLoop { get; } = new();

    public string TokenPath { get; }

    public string Token => File.ReadAllText(TokenPath).Trim();

    public KubeletServer Server { get; private set; } = null!;

    public static async Task<TestKubelet> StartAsync(
        Func<KubeletServerOptions, KubeletServerOptions>? change = null,
        Action<IServiceCollection>? services = null,
        TimeProvider? time = null,
        Func<KubeletAccessOptions, KubeletAccessOptions>? access = null)
    {
        var kubelet = new TestKubelet();
        kubelet.Shelf.Pods.Add(Samples.Pod(Samples.Status("c", Samples.Running)));
        var certificate = new SelfSignedCertificateSource(
            kubelet._directory.Path, ["127.0.0.1"], TimeProvider.System, NullLogger<SelfSignedCertificateSource>.Instance);
        var options = new KubeletServerOptions { Address = IPAddress.Loopback, Port = 0, Certificate = certificate, Streaming = Streaming };
        var rights = new KubeletAccessOptions { TokenFile = kubelet.TokenPath };
        var collection = new ServiceCollection()
            .AddSingleton<IPodLister>(kubelet.Shelf)
            .AddSingleton<IProvider>(kubelet.Provider)
            .AddSingleton<ISyncLoop>(kubelet.SyncLoop)
            .AddKubeletAccess(_ => access?.Invoke(rights) ?? rights)
            .AddSingleton(time ?? TimeProvider.System)
            .AddLogging(l => l.AddProvider(kubelet.Log).SetMinimumLevel(LogLevel.Debug));
        services?.Invoke(collection);
        kubelet._services = collection.AddKubeletServer(_ => change?.Invoke(options) ?? options).BuildServiceProvider();
        kubelet.Server = kubelet._services.GetRequiredService<KubeletServer>();
        try
        {
            await kubelet.Server.StartAsync(CancellationToken.None).WaitAsync(Deadline.Short);
            return kubelet;
        }
        catch
        {
            await kubelet.DisposeAsync();
            throw;
        }
    }

    public HttpClient Client(bool authorised = true, Version? version = null, X509Certificate2? certificate = null)
    {
        var trusting = Trusting();
        trusting.ClientCertificates = certificate is null ? null : [certificate];
        var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = trusting,
            AllowAutoRedirect = false,
            ResponseDrainTimeout = TimeSpan.Zero,
        })
        {
            BaseAddress = new Uri($"https://{Server.Endpoint}"),
            Timeout = Deadline.Long,
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (authorised)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        _clients.Add(client);
        return client;
    }

    /// <summary>A TLS connection for requests that no client library would send.</summary>
    public async Task<SslStream> ConnectAsync(X509Certificate2? clientCertificate = null, X509Certificate2? intermediate = null) =>
        (await ConnectSocketAsync(clientCertificate, intermediate)).Stream;

    /// <summary>A TLS connection and what is below it, for clients that leave without a goodbye.</summary>
    public async Task<(Socket Socket, SslStream Stream)> ConnectSocketAsync(
        X509Certificate2? clientCertificate = null, X509Certificate2? intermediate = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Server.Endpoint).WaitAsync(Deadline.Short);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        _clients.Add(stream);
        var options = Trusting();
        options.TargetHost = "127.0.0.1";
        options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (clientCertificate is not null)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(clientCertificate, intermediate is null ? null : [intermediate], offline: true);
        }

        await stream.AuthenticateAsClientAsync(options).WaitAsync(Deadline.Short);
        return (socket, stream);
    }

    /// <summary>Sends a request line with the token and returns the whole raw answer.</summary>
    public async Task<RawResponse> SendRawAsync(string requestLine, string headers = "", bool authorised = true)
    {
        await using var stream = await ConnectAsync();
        var authorization = authorised ? $"Authorization: Bearer {Token}\r\n" : "";
        var request = $"{requestLine} HTTP/1.1\r\nHost: kubelet\r\n{authorization}{headers}Connection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request)).AsTask().WaitAsync(Deadline.Short);
        return await RawResponse.ReadAsync(stream).WaitAsync(Deadline.Long);
    }

    /// <summary>Sends a request that asks for an upgrade; the stream is the raw connection right behind the answer.</summary>
    public async Task<(RawResponse Answer, SslStream Stream)> UpgradeAsync(string requestLine, string headers, bool authorised = true)
    {
        var stream = await ConnectAsync();
        return (await UpgradeAsync(stream, requestLine, headers, authorised), stream);
    }

    /// <summary>Sends a request that asks for an upgrade of a connection.</summary>
    public async Task<RawResponse> UpgradeAsync(SslStream stream, string requestLine, string headers, bool authorised = true)
    {
        var authorization = authorised ? $"Authorization: Bearer {Token}\r\n" : "";
        var request = $"{requestLine} HTTP/1.1\r\nHost: kubernetes.default:6443\r\n{authorization}{headers}\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request)).AsTask().WaitAsync(Deadline.Short);
        return await RawResponse.ReadHeadAsync(stream).WaitAsync(Deadline.Long);
    }

    /// <summary>A SPDY connection, upgraded as client-go does it.</summary>
    public async Task<SpdyClient> SpdyAsync(string path, string protocol = "v4.channel.k8s.io")
    {
        var (answer, stream) = await UpgradeAsync("POST " + path, UpgradeHeaders.Spdy(protocol));
        Assert.Equal(101, answer.Status);
        return new SpdyClient(stream);
    }

    /// <summary>A WebSocket, upgraded as kube-rs does it.</summary>
    public async Task<WsClient> WebSocketAsync(string path, string? protocols = "v5.channel.k8s.io, v4.channel.k8s.io")
    {
        var (answer, stream) = await UpgradeAsync("GET " + path, UpgradeHeaders.WebSocket(protocols));
        Assert.Equal(101, answer.Status);
        return new WsClient(stream);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await Server.StopAsync(CancellationToken.None).WaitAsync(Deadline.Long);
        await _services!.DisposeAsync();
        _directory.Dispose();
    }

    private static SslClientAuthenticationOptions Trusting() => new()
    {
#pragma warning disable CA5359 // Tests of TLS have clients of their own.
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
    };
}
