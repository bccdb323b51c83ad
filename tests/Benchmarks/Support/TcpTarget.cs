using System.Net;
using System.Net.Sockets;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>What listens in the job: each connection asks for a number of bytes (eight of them, little-endian) and gets as many, or sends as many when the number is negative, and gets one.</summary>
internal sealed class TcpTarget : IAsyncDisposable
{
    private const int BlockBytes = 256 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    public TcpTarget()
    {
        _listener.Start(backlog: 512);
        _accepting = AcceptAsync(_stopping.Token);
    }

    /// <summary>Where it listens on loopback.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    /// <summary>Asks, through whatever leads from a port of loopback to a target.</summary>
    /// <returns>When everything has come.</returns>
    public static async Task AskAsync(int port, long bytes, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await socket.SendAsync(BitConverter.GetBytes(bytes), cancellationToken);
        if (bytes < 0)
        {
            await SendAsync(socket, -bytes, cancellationToken);
        }

        await TakeAsync(socket, Math.Max(bytes, 1), cancellationToken);
    }

    private static async Task SendAsync(Socket socket, long bytes, CancellationToken cancellationToken)
    {
        var block = new byte[BlockBytes];
        for (var left = bytes; left > 0;)
        {
            left -= await socket.SendAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)), cancellationToken);
        }
    }

    private static async Task TakeAsync(Socket socket, long bytes, CancellationToken cancellationToken)
    {
        var block = new byte[BlockBytes];
        for (var left = bytes; left > 0;)
        {
            var read = await socket.ReceiveAsync(block, cancellationToken);
            left -= read > 0 ? read : throw new EndOfStreamException($"{left} bytes are missing");
        }
    }

    private static async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        using (socket)
        {
            var question = new byte[sizeof(long)];
            await using var stream = new NetworkStream(socket);
            await stream.ReadExactlyAsync(question, cancellationToken);
            var bytes = BitConverter.ToInt64(question);
            if (bytes < 0)
            {
                await TakeAsync(socket, -bytes, cancellationToken);
            }

            await SendAsync(socket, Math.Max(bytes, 1), cancellationToken);
        }
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = await _listener.AcceptSocketAsync(cancellationToken);
            socket.NoDelay = true;
            _ = Task.Run(() => ServeAsync(socket, cancellationToken), cancellationToken);
        }
    }
}
