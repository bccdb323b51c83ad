using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Raw;

/// <summary>A relay that passes bytes on and knows nothing of them, in a process of its own: what stands in the place of one hop of ours.</summary>
internal sealed class PlainRelay : IAsyncDisposable
{
    private const int BlockBytes = 128 * 1024;
    private const string CommandName = "relay-plain";

    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private PlainRelay(Process process, int port) => (_process, Port) = (process, port);

    /// <summary>The port of loopback it listens on.</summary>
    public int Port { get; }

    /// <summary>Starts a relay to a port of loopback.</summary>
    /// <param name="target">The port.</param>
    /// <param name="hop">Whether one of its sides is TLS.</param>
    /// <param name="stateDirectory">Where the agent has its certificate.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<PlainRelay> StartAsync(int target, RelayHop hop, string stateDirectory, CancellationToken cancellationToken)
    {
        var process = Process.Start(CommandLineTool.StartInfo(
            Environment.ProcessPath!, [CommandName, $"{target}", $"{hop}", Path.Combine(stateDirectory, "tls.crt"), Path.Combine(stateDirectory, "tls.key")], null))!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(ReadyTimeout, cancellationToken);
        return int.TryParse(line, out var port)
            ? new PlainRelay(process, port)
            : throw new BenchmarkException($"the plain relay did not start: {await process.StandardError.ReadToEndAsync(cancellationToken)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The hidden command that is the relay.</summary>
    public static Command CreateCommand()
    {
        var target = new Argument<int>("PORT");
        var hop = new Argument<RelayHop>("HOP");
        var certificate = new Argument<string>("CERT");
        var key = new Argument<string>("KEY");
        var command = new Command(CommandName) { target, hop, certificate, key };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => RelayAsync(
            parsed.GetValue(target), parsed.GetValue(hop), parsed.GetRequiredValue(certificate), parsed.GetRequiredValue(key), cancellationToken));
        return command;
    }

    private static async Task RelayAsync(int target, RelayHop hop, string certificate, string key, CancellationToken cancellationToken)
    {
        using var pair = X509Certificate2.CreateFromPemFile(certificate, key);
        var context = SslStreamCertificateContext.Create(pair, null);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 512);
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        while (!cancellationToken.IsCancellationRequested)
        {
            var client = await listener.AcceptSocketAsync(cancellationToken);
            _ = Task.Run(() => ServeAsync(client, target, hop, context, cancellationToken), cancellationToken);
        }
    }

    private static async Task ServeAsync(Socket client, int target, RelayHop hop, SslStreamCertificateContext certificate, CancellationToken cancellationToken)
    {
        client.NoDelay = true;
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await server.ConnectAsync(IPAddress.Loopback, target, cancellationToken);
        await using var near = new NetworkStream(client, ownsSocket: true);
        await using var far = new NetworkStream(server, ownsSocket: true);
        await using var from = hop == RelayHop.TlsListener ? await ListenerAsync(near, certificate, cancellationToken) : near;
        await using var to = hop == RelayHop.TlsDialer ? await DialerAsync(far, cancellationToken) : far;
        await Task.WhenAny(CopyAsync(from, to, cancellationToken), CopyAsync(to, from, cancellationToken));
    }

    private static async Task<Stream> ListenerAsync(NetworkStream stream, SslStreamCertificateContext certificate, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate }, cancellationToken);
        return tls;
    }

    private static async Task<Stream> DialerAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
#pragma warning disable CA5359 // Loopback, and the agent made the certificate a second ago.
        var tls = new SslStream(stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "relay" }, cancellationToken);
        return tls;
    }

    /// <summary>One flush for whatever one read gives.</summary>
    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[BlockBytes];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }
}
