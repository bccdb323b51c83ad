using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>
/// One pool of connections under one TLS identity. A connection keeps the identity it began with, so a rotated certificate needs a new pool;
/// the old one is closed when the last request in it has ended.
/// </summary>
internal sealed class Transport : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HttpMessageInvoker _invoker;
    private int _users = 1;

    /// <exception cref="ApiConfigurationException">A text is not what it should be.</exception>
    public Transport(ApiConnectionOptions options, TlsText text)
    {
        Text = text;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),

            // Who lets go of a watch must not wait for its next event.
            ResponseDrainTimeout = TimeSpan.Zero,
            SslOptions = TlsSetup.Create(options, text, out var certificate),
        };
        if (options.Proxy is { } proxy)
        {
            handler.Proxy = new WebProxy(proxy);
        }

        ClientCertificate = certificate;
        _invoker = new HttpMessageInvoker(handler);
    }

    /// <summary>What it was made of.</summary>
    public TlsText Text { get; }

    /// <summary>The client certificate; null for none.</summary>
    public X509Certificate2? ClientCertificate { get; }

    /// <summary>Keeps the pool open for one more user, who calls <see cref="Dispose"/> when done.</summary>
    public Transport Rent()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_users == 0, this);
            _users++;
            return this;
        }
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _invoker.SendAsync(request, cancellationToken);

    /// <summary>One user less; the last one closes the pool.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (--_users > 0)
            {
                return;
            }
        }

        _invoker.Dispose();
        ClientCertificate?.Dispose();
    }
}
