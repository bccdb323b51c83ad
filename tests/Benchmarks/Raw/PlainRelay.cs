using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Raw;

/// <summary>A plain TCP relay, in a process of its own: what stands in the place of one hop of ours.</summary>
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
    public static async Task<PlainRelay> StartAsync(int target, CancellationToken cancellationToken)
    {
        var process = Process.Start(CommandLineTool.StartInfo(Environment.ProcessPath!, [CommandName, $"{target}"], null))!;
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
        var command = new Command(CommandName) { target };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => RelayAsync(parsed.GetValue(target), cancellationToken));
        return command;
    }

    private static async Task RelayAsync(int target, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        while (!cancellationToken.IsCancellationRequested)
        {
            var client = await listener.AcceptSocketAsync(cancellationToken);
            _ = ServeAsync(client, target, cancellationToken);
        }
    }

    private static async Task ServeAsync(Socket client, int target, CancellationToken cancellationToken)
    {
        using (client)
        {
            using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await server.ConnectAsync(IPAddress.Loopback, target, cancellationToken);
            client.NoDelay = true;
            await Task.WhenAll(CopyAsync(client, server, cancellationToken), CopyAsync(server, client, cancellationToken));
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[BlockBytes];
        int read;
        while ((read = await from.ReceiveAsync(buffer, cancellationToken)) > 0)
        {
            await to.SendAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
