using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using VirtualKubelet.Kubelet.Streaming;
using VirtualKubelet.Kubelet.Streaming.PortForward;

namespace VirtualKubelet.Kubelet.Client.Tests.Support;

/// <summary>
/// A kubelet that forwards to a pod of real sockets: 8080 echoes, 8081 says something and closes, 8082 answers after the half-close, 8083 says something and resets, others refuse.
/// </summary>
internal sealed class ForwardKubelet : IAsyncDisposable
{
    public const int Echo = 8080;
    public const int Greeter = 8081;
    public const int AnswersAtEnd = 8082;
    public const int Resets = 8083;

    private static readonly StreamingOptions s_options = new() { LingerTimeout = TimeSpan.FromMilliseconds(300) };

    private readonly bool _hasTunnel;
    private readonly ConcurrentBag<Task> _targets = [];
    private readonly CancellationTokenSource _stop = new();
    private TestKubelet? _kubelet;
    private bool _isDisposed;

    private ForwardKubelet(bool hasTunnel) => _hasTunnel = hasTunnel;

    public KubeletClientOptions Options => _kubelet!.Options;

    public IReadOnlyCollection<string> Requests => _kubelet!.Requests;

    public int Port => _kubelet!.Uri.Port;

    /// <summary>Connections made to the pod so far.</summary>
    public int Connected => _targets.Count;

    /// <summary>Starts one that knows SPDY and the tunnel, or one with a proxy before it that lets neither through.</summary>
    public static async Task<ForwardKubelet> StartAsync(bool hasTunnel = true, int port = 0)
    {
        var kubelet = new ForwardKubelet(hasTunnel);
        kubelet._kubelet = await TestKubelet.StartAsync(kubelet.HandleAsync, port);
        return kubelet;
    }

    /// <summary>Waits until every socket of the pod has been closed.</summary>
    public Task TargetsAsync() => Task.WhenAll(_targets);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stop.CancelAsync();
        await _kubelet!.DisposeAsync();
        await TargetsAsync();
        _stop.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var server = new PortForwardServer(ConnectAsync, new PortForwardPod("pod-1", "uid-1"), s_options, TimeProvider.System);
        if (HttpMethods.IsPost(context.Request.Method))
        {
            if (!_hasTunnel)
            {
                await TestKubelet.RefuseAsync(context, 400, "unable to upgrade: missing upgrade headers in request");
            }
            else if (await TestKubelet.UpgradeToSpdyAsync(context, PortForwardProtocols.Spdy) is { } spdy)
            {
                await server.RunSpdyAsync(spdy, _stop.Token);
            }
        }
        else if (_hasTunnel && PortForwardProtocols.IsTunnel(context.Request.Headers.SecWebSocketProtocol))
        {
            if (await TestKubelet.UpgradeAsync(context, PortForwardProtocols.Tunnel) is { } tunnel)
            {
                await server.RunTunnelAsync(tunnel.Stream, _stop.Token);
            }
        }
        else if (!ForwardedPorts.TryParse(context.Request.Query["port"], out var ports, out var error))
        {
            await TestKubelet.RefuseAsync(context, 400, error);
        }
        else if (await TestKubelet.UpgradeAsync(context, PortForwardProtocols.WebSocket) is { } channels)
        {
            await server.RunWebSocketAsync(channels.Stream, channels.Protocol, ports, _stop.Token);
        }
    }

    private async ValueTask<IDuplexPipe> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        if (port is < Echo or > Resets)
        {
            // A real refusal, from a port nobody listens on.
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, 1, cancellationToken);
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var near = new TcpClient();
        await near.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancellationToken);
        var far = await listener.AcceptTcpClientAsync(cancellationToken);
        _targets.Add(Task.Run(() => ServeAsync(port, far), CancellationToken.None));
        return new SocketPipe(near);
    }

    private static async Task ServeAsync(int port, TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            try
            {
                switch (port)
                {
                    case Echo:
                        await stream.CopyToAsync(stream);
                        client.Client.Shutdown(SocketShutdown.Send);
                        break;
                    case Greeter:
                        await stream.WriteAsync("hello from the pod"u8.ToArray());
                        break;
                    case AnswersAtEnd:
                        using (var all = new MemoryStream())
                        {
                            await stream.CopyToAsync(all);
                            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"got {all.Length} bytes"));
                        }

                        break;
                    default:
                        await stream.WriteAsync("so far"u8.ToArray());
                        Assert.Equal(1, await stream.ReadAsync(new byte[1]));
                        client.Client.Close(timeout: 0);
                        break;
                }
            }
            catch (IOException)
            {
                // The kubelet's side was reset.
            }
        }
    }

    private sealed class SocketPipe(TcpClient client) : IDuplexPipe, IAsyncDisposable
    {
        private readonly HalfClosing _output = new(client.Client);

        public PipeReader Input { get; } = PipeReader.Create(client.GetStream(), new StreamPipeReaderOptions(leaveOpen: true));

        public PipeWriter Output => field ??= PipeWriter.Create(_output, new StreamPipeWriterOptions(leaveOpen: false));

        public ValueTask DisposeAsync()
        {
            client.Dispose();
            return _output.DisposeAsync();
        }
    }

    /// <summary>Disposing it shuts down the sending direction only.</summary>
    private sealed class HalfClosing(Socket socket) : NetworkStream(socket, ownsSocket: false)
    {
        private bool _isOver;

        protected override void Dispose(bool disposing)
        {
            if (!_isOver && Socket.Connected)
            {
                Socket.Shutdown(SocketShutdown.Send);
            }

            _isOver = true;
            base.Dispose(disposing);
        }
    }
}
