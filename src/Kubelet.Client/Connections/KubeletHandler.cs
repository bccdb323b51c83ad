using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubelet.Client.Connections;

/// <summary>Makes the connection's half of the client: trust, client certificate, no detours.</summary>
internal static class KubeletHandler
{
    private const int ProbeSeconds = 15;
    private const int ProbeCount = 4;

    private static readonly HttpRequestOptionsKey<RecordConnection> s_connection = new("connection");

    public static SocketsHttpHandler Create(KubeletClientOptions options)
    {
        Validate(options);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = options.ConnectTimeout,
            ConnectCallback = ConnectAsync,
            PlaintextStreamFilter = FilterAsync,

            // Who lets go of a follower must not keep it for the two seconds in which .NET hopes to reuse the connection.
            ResponseDrainTimeout = TimeSpan.Zero,

            // A kubelet is a neighbour: a proxy that the site sets for the world outside cannot reach it and would see the token.
            UseProxy = false,

            // A kubelet takes so many streams of one connection; the next one goes over another.
            EnableMultipleHttp2Connections = true,
            SslOptions = Tls(options),
        };
    }

    /// <summary>
    /// The name to ask for instead of the address; null asks for what the options say. .NET resumes TLS sessions, which halves the cost of a connection, by the name that was
    /// asked for, and for an address it asks for none. Where the certificate's names do not matter any will do, and a kubelet does not look at the host.
    /// </summary>
    public static string? HostFor(KubeletClientOptions options) =>
        (options.PinnedCertificateFile is not null || options.Insecure) && options.Server.HostNameType != UriHostNameType.Dns ? "kubelet" : null;

    /// <summary>As the handler itself connects, but with an eye on peers that are gone without a word: a forwarded connection may be silent for hours.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, ProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, ProbeCount);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            var connection = new RecordConnection(socket);
            context.InitialRequestMessage.Options.Set(s_connection, connection);
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ValueTask<Stream> FilterAsync(SocketsHttpPlaintextStreamFilterContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(context.InitialRequestMessage.Options.TryGetValue(s_connection, out var connection)
            ? connection.Above((SslStream)context.PlaintextStream)
            : context.PlaintextStream);

    private static void Validate(KubeletClientOptions options)
    {
        if (options.Server is not { IsAbsoluteUri: true, Scheme: "https" })
        {
            throw new ArgumentException($"\"{options.Server}\" is not an https:// address", nameof(options));
        }

        if (options is { BearerToken: not null, TokenFile: not null })
        {
            throw new ArgumentException("a bearer token and a token file exclude each other", nameof(options));
        }

        if (options.ClientCertificateFile is null != options.ClientKeyFile is null)
        {
            throw new ArgumentException("a client certificate and its key go together", nameof(options));
        }

        if ((ReadOnlySpan<bool>)[options.Insecure, options.CertificateAuthorityFile is not null, options.PinnedCertificateFile is not null] is var ways
            && ways.Count(true) > 1)
        {
            throw new ArgumentException("a certificate authority, a pinned certificate and insecure exclude each other", nameof(options));
        }
    }

    private static SslClientAuthenticationOptions Tls(KubeletClientOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options is { ClientCertificateFile: { } certificate, ClientKeyFile: { } key })
        {
            tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)];
        }

        if (options.CertificateAuthorityFile is { } authorities)
        {
            tls.CertificateChainPolicy = Policy();
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authorities);
        }
        else if (options.PinnedCertificateFile is { } pins)
        {
            var pinned = new X509Certificate2Collection();
            pinned.ImportFromPemFile(pins);
            tls.CertificateChainPolicy = Policy();

            // Bytes, not Equals: that one compares issuer and serial number only, which anybody can copy.
            tls.RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is not null && pinned.Any(p => p.RawDataMemory.Span.SequenceEqual(shown.GetRawCertData()));
        }
        else if (options.Insecure)
        {
            tls.CertificateChainPolicy = Policy();
#pragma warning disable CA5359 // What the option says.
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return tls;
    }

    /// <summary>A chain is built for every connection, whoever judges in the end; looking through all of the system's authorities would be most of a handshake.</summary>
    private static X509ChainPolicy Policy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };
}
