using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using VirtualKubelet.Kubelet.Streaming.PortForward;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Support;

/// <summary>A pod whose ports are real sockets: 8080 echoes, 8081 says something and closes, 8082 answers after the half-close, 8083 never reads, others refuse.</summary>
internal sealed class ForwardServer : IAsyncDisposable
{
    public const int Echo = 8080;
    public const int Greeter = 8081;
    public const int AnswersAtEnd = 8082;
    public const int NeverReads = 8083;

    public static readonly StreamingOptions Options = new() { LingerTimeout = TimeSpan.FromMilliseconds(300) };

    private readonly ConcurrentBag<Task> _targets = [];
    private readonly CancellationTokenSource _stop = new();

    public ForwardServer(StreamingOptions? options = null, TimeProvider? time = null) =>
        Server = new PortForwardServer(ConnectAsync, new PortForwardPod("pod-1", "uid-1"), options ?? Options, time ?? TimeProvider.System);

    public PortForwardServer Server { get; }

    /// <summary>Connections made so far.</summary>
    public int Connected => _targets.Count;

    /// <summary>Waits until every target has seen its connection closed.</summary>
    public Task TargetsAsync() => Task.WhenAll(_targets).WaitAsync(Deadline.Token());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await TargetsAsync();
        _stop.Dispose();
    }

    private async ValueTask<IDuplexPipe> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        if (port is < Echo or > NeverReads)
        {
            // A real refusal, from a port nobody listens on.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, 1, cancellationToken);
        }

        var pair = await SocketPair.CreateAsync();
        _targets.Add(Task.Run(() => ServeAsync(port, pair.Client), CancellationToken.None));
        return new SocketPipe(pair.Server);
    }

    private async Task ServeAsync(int port, NetworkStream stream)
    {
        await using (stream)
        {
            try
            {
                switch (port)
                {
                    case Echo:
                        await stream.CopyToAsync(stream, _stop.Token);
                        stream.Socket.Shutdown(SocketShutdown.Send);
                        break;
                    case Greeter:
                        await stream.WriteAsync("hello from the pod"u8.ToArray(), _stop.Token);
                        break;
                    case AnswersAtEnd:
                        var all = new MemoryStream();
                        await stream.CopyToAsync(all, _stop.Token);
                        await stream.WriteAsync(all.ToArray().Reverse().ToArray(), _stop.Token);
                        break;
                    default:
                        await Task.Delay(Timeout.Infinite, _stop.Token);
                        break;
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The other side of the forwarding went away, or the test is over.
            }
        }
    }

    private sealed class SocketPipe(NetworkStream stream) : IDuplexPipe, IAsyncDisposable
    {
        public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));

        public PipeWriter Output { get; } = new ShuttingWriter(stream);

        public ValueTask DisposeAsync() => stream.DisposeAsync();
    }

    /// <summary>Completes by shutting the sending direction down.</summary>
    private sealed class ShuttingWriter(NetworkStream stream) : PipeWriter
    {
        private readonly PipeWriter _inner = Create(stream, new StreamPipeWriterOptions(leaveOpen: true));

        public override void Advance(int bytes) => _inner.Advance(bytes);

        public override void CancelPendingFlush() => _inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
            _inner.Complete(exception);
            try
            {
                stream.Socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // Closed by the target already.
            }
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _inner.FlushAsync(cancellationToken);

        public override Memory<byte> GetMemory(int sizeHint = 0) => _inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => _inner.GetSpan(sizeHint);
    }
}
