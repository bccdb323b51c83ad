using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using VirtualKubelet.Kubelet.Streaming.PortForward;

namespace VirtualKubelet.Kubelet.Client.PortForward;

/// <summary>A local TCP port whose connections go to a port of the pod. A connection that fails is closed and told of; the listener goes on.</summary>
public sealed class PortForwardListener : IAsyncDisposable
{
    private const int MaxConnections = 1024;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly PortForwarder _forwarder;
    private readonly int _port;
    private readonly Action<string> _failed;
    private readonly Socket _socket;
    private readonly SemaphoreSlim _slots = new(MaxConnections, MaxConnections);
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <summary>Listens.</summary>
    /// <param name="forwarder">Connects to the pod; not disposed here.</param>
    /// <param name="local">Where to listen; port 0 takes any free one.</param>
    /// <param name="port">The pod's port.</param>
    /// <param name="failed">Told in words of each connection that failed; from any thread.</param>
    /// <exception cref="SocketException">The address is taken or is none of this machine's.</exception>
    public PortForwardListener(PortForwarder forwarder, IPEndPoint local, int port, Action<string> failed)
    {
        (_forwarder, _port, _failed) = (forwarder, port, failed);
        _socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(local);
            _socket.Listen();
            Local = (IPEndPoint)_socket.LocalEndPoint!;
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Local { get; }

    /// <summary>Takes connections until cancelled; by then all of them are closed. At most 1024 at once, the next ones wait.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _slots.WaitAsync(cancellationToken);
                var serving = ServeAsync(await AcceptAsync(cancellationToken), cancellationToken);
                _running[serving] = true;
                _ = serving.ContinueWith(done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        finally
        {
            await Task.WhenAll(_running.Keys);
        }
    }

    /// <summary>Stops listening. Cancel <see cref="RunAsync"/> first.</summary>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _slots.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Socket> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await _socket.AcceptAsync(cancellationToken);
            }
            catch (SocketException e)
            {
                // Out of descriptors, or the program left while it waited: neither is a reason to stop listening.
                _failed(e.Message);
                await Task.Delay(s_pause, cancellationToken);
            }
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Yield();
            socket.NoDelay = true;
            await using var relay = new LocalRelay(socket, await ConnectAsync(socket, cancellationToken), _forwarder.Options, TimeProvider.System);
            if (await relay.RunAsync(cancellationToken) is { } failure)
            {
                _failed(failure);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The whole listener ends.
        }
        catch (Exception e) when (e is KubeletRequestException or HttpRequestException or TimeoutException or IOException or SocketException or UnauthorizedAccessException)
        {
            _failed(e.Message);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<ForwardedConnection> ConnectAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            return await _forwarder.ConnectAsync(_port, cancellationToken);
        }
        catch
        {
            socket.Close(timeout: 0);
            throw;
        }
    }
}
