using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>What listens in a pod: real sockets that echo, whatever the port, except that nobody listens on port 1.</summary>
internal sealed class Targets : IAsyncDisposable
{
    public const int Refused = 1;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _open;

    public Targets()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Connections that the pod's side has not seen the end of.</summary>
    public int Open => Volatile.Read(ref _open);

    public async Task<IDuplexPipe> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        if (port == Refused)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, "connection refused by 127.0.0.1:1 in the job");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_listener.LocalEndpoint, cancellationToken);
        return new SocketPipe(new NetworkStream(socket, ownsSocket: true));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections).WaitAsync(Deadline.Short);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _open);
                _connections.Add(EchoAsync(new NetworkStream(socket, ownsSocket: true)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task EchoAsync(NetworkStream stream)
    {
        try
        {
            await stream.CopyToAsync(stream, _stop.Token);
            await stream.WriteAsync("<end>"u8.ToArray(), _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The agent let go, or the test is over.
        }
        finally
        {
            await stream.DisposeAsync();
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>A socket as the provider's contract has it: completing the output shuts its sending direction down.</summary>
    private sealed class SocketPipe : IDuplexPipe, IAsyncDisposable
    {
        private readonly NetworkStream _stream;
        private readonly Pipe _outgoing = new();
        private readonly Task _sending;

        public SocketPipe(NetworkStream stream)
        {
            _stream = stream;
            Input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
            _sending = SendAsync();
        }

        public PipeReader Input { get; }

        public PipeWriter Output => _outgoing.Writer;

        public async ValueTask DisposeAsync()
        {
            await _outgoing.Writer.CompleteAsync();
            await _sending;
            await _stream.DisposeAsync();
        }

        private async Task SendAsync()
        {
            try
            {
                await _outgoing.Reader.CopyToAsync(_stream);
                _stream.Socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The target is gone: reads say so.
            }
            finally
            {
                await _outgoing.Reader.CompleteAsync();
            }
        }
    }
}
