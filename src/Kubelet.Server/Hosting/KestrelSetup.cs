using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Certificates;
using VirtualKubelet.Kubelet.Streaming.Tls;

namespace VirtualKubelet.Kubelet.Server.Hosting;

/// <summary>Kestrel as the kubelet's port: limits, TLS, TCP.</summary>
internal static class KestrelSetup
{
    public static void Configure(KestrelServerOptions kestrel, KubeletServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = ServerLimits.KeepAlive;
        kestrel.Limits.RequestHeadersTimeout = ServerLimits.RequestHeader;
        kestrel.Limits.MaxRequestLineSize = ServerLimits.HeaderBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = ServerLimits.HeaderBytes;
        kestrel.Limits.MaxRequestBodySize = ServerLimits.BodyBytes;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.MaxConnections;
        kestrel.Limits.Http2.MaxStreamsPerConnection = ServerLimits.StreamsPerConnection;
        kestrel.Limits.Http2.InitialStreamWindowSize = ServerLimits.StreamWindow;
        kestrel.Limits.Http2.InitialConnectionWindowSize = ServerLimits.ConnectionWindow;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = ServerLimits.HeaderBytes;
        kestrel.Limits.Http2.KeepAlivePingDelay = ServerLimits.Probe;
        kestrel.Listen(options.Address, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.Use(next => connection =>
            {
                var records = new TlsRecordPipe(connection.Transport.Input, connection.Transport.Output);
                connection.Transport = records;
                connection.Features.Set(records);
                return next(connection);
            });
            listen.UseHttps(Tls(options.Certificate, options.AsksForCertificates));
        });
    }

    public static void Configure(SocketTransportOptions transport) => transport.CreateBoundListenSocket = endpoint =>
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);

        // Accepted sockets inherit these. Without them a follower whose machine lost power would be served until the 4 h cut.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)ServerLimits.Probe.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)ServerLimits.Probe.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, ServerLimits.ProbeCount);
        return socket;
    };

    private static TlsHandshakeCallbackOptions Tls(ICertificateSource certificate, bool asksForCertificates) => new()
    {
        HandshakeTimeout = ServerLimits.Handshake,
        OnConnection = handshake => new(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Current(),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,

            // A resumed session knows the client's certificate and has forgotten the intermediates: the same client would be 200 and then 401.
            AllowTlsResume = !asksForCertificates,

            // Asked for, not required and not judged here: a bad certificate is a 401, never a broken handshake.
            ClientCertificateRequired = asksForCertificates,
            RemoteCertificateValidationCallback = Remember(handshake),
            CertificateChainPolicy = new X509ChainPolicy
            {
                // A stranger's certificate must not make the agent fetch from addresses that it names.
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
            },
        }),
    };

    private static RemoteCertificateValidationCallback Remember(TlsHandshakeCallbackContext handshake)
    {
        var client = new ClientChain();
        handshake.Connection.Features.Set(client);
#pragma warning disable CA5359 // This is about clients: the authenticator verifies what it is given.
        return (_, _, chain, _) =>
        {
            client.Remember(chain);
            return true;
        };
#pragma warning restore CA5359
    }
}
