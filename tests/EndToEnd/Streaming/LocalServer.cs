using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>A server on the compute node, which is the tests' own machine.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, Task> _serving = new();
    private readonly Task _accepting;
    private int _last;

    /// <param name="serve">Serves one connection, which is closed behind it; told when the test is over.</param>
    public LocalServer(Func<NetworkStream, CancellationToken, Task> serve)
    {
        // Little room, so that who does not read is felt soon.
        _listener.Server.ReceiveBufferSize = 64 * 1024;
        _listener.Start(backlog: 512);
        _accepting = AcceptAsync(serve);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that are served at this moment.</summary>
    public int Open => _serving.Count;

    /// <summary>Sends back what comes, and ends with its client.</summary>
    public static LocalServer Echo() => new(async (stream, stop) => await stream.CopyToAsync(stream, stop));

    /// <summary>A port on which nobody listens.</summary>
    public static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_serving.Values).WaitAsync(Patience);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<NetworkStream, CancellationToken, Task> serve)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                var id = ++_last;
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _serving[id] = done.Task;
                _ = ServeAsync(id, socket, serve, done);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(int id, Socket socket, Func<NetworkStream, CancellationToken, Task> serve, TaskCompletionSource done)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await serve(stream, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Its client has gone, or the test is over.
        }
        finally
        {
            _serving.TryRemove(id, out _);
            done.SetResult();
        }
    }
}
