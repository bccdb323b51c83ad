using System.Globalization;
using VirtualKubelet.Kubelet.Streaming.Spdy;
using VirtualKubelet.Kubelet.Streaming.WebSockets;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>
/// The client's side of port-forward over SPDY, as it is or in a WebSocket: any number of connections to any ports, each with half-close both ways.
/// A connection of which nobody reads what has arrived is reset after <see cref="StreamingOptions.StallTimeout"/> when it holds up others.
/// </summary>
public sealed class PortForwardTunnel : IAsyncDisposable
{
    private readonly SpdyConnection _connection;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private int _lastRequest = -1;

    private PortForwardTunnel(SpdyConnection connection, StreamingOptions options, TimeProvider time) =>
        (_connection, _options, _time) = (connection, options, time);

    /// <summary>Cancelled when no more connections can be made: the kubelet has left, or the tunnel was disposed.</summary>
    public CancellationToken Closed => _connection.PeerGone;

    /// <summary>Speaks SPDY on an upgraded connection.</summary>
    /// <param name="transport">The raw connection after the 101 for <see cref="PortForwardProtocols.Spdy"/>; owned and disposed from now on.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    public static PortForwardTunnel OverSpdy(Stream transport, StreamingOptions options, TimeProvider time) =>
        new(new SpdyConnection(transport, options, time, mayGiveUpStreams: true, isClient: true), options, time);

    /// <summary>Speaks SPDY in WebSocket messages on an upgraded connection.</summary>
    /// <param name="transport">The raw connection after the 101 for <see cref="PortForwardProtocols.Tunnel"/>; owned and disposed from now on.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    public static PortForwardTunnel OverWebSocket(Stream transport, StreamingOptions options, TimeProvider time)
    {
        var tunnel = new TunnelStream(transport, isClient: true, options, time);

        // The tunnel itself lingers for what was sent last; what is inside need not do it, too.
        var inside = options with { LingerTimeout = TimeSpan.Zero };
        return new PortForwardTunnel(new SpdyConnection(tunnel, inside, time, mayGiveUpStreams: true, isClient: true), options, time);
    }

    /// <summary>Opens a connection to a port of the pod. That nothing listens there shows later, in <see cref="ForwardedConnection.Failure"/>.</summary>
    /// <exception cref="IOException">The tunnel has ended, or the kubelet takes no more connections.</exception>
    /// <exception cref="TimeoutException">No answer within <see cref="StreamingOptions.StreamCreationTimeout"/>.</exception>
    public Task<ForwardedConnection> ConnectAsync(int port, CancellationToken cancellationToken) =>
        ConnectAsync(port, static () => ValueTask.CompletedTask, cancellationToken);

    /// <summary>As <see cref="ConnectAsync(int, CancellationToken)"/>, for a tunnel with one connection: disposing the connection disposes the tunnel.</summary>
    public Task<ForwardedConnection> ConnectOnlyAsync(int port, CancellationToken cancellationToken) => ConnectAsync(port, DisposeAsync, cancellationToken);

    /// <summary>Closes the tunnel and with it all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        using var bound = new CancellationTokenSource(_options.LingerTimeout, _time);
        try
        {
            await _connection.CloseAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            // The kubelet takes nothing, not even a goodbye; the connection is closed all the same.
        }
    }

    private static string? Ending(SpdyStream error) => error.Aborted.IsCancellationRequested ? "the connection to the kubelet has ended" : null;

    private async Task<ForwardedConnection> ConnectAsync(int port, Func<ValueTask> close, CancellationToken cancellationToken)
    {
        var (portText, request) = (port.ToString(CultureInfo.InvariantCulture), Interlocked.Increment(ref _lastRequest).ToString(CultureInfo.InvariantCulture));
        var error = Open(StreamHeaders.Error);
        SpdyStream? data = null;
        try
        {
            data = Open(StreamHeaders.Data);

            // Kubelets drop what comes before they have replied.
            var replies = await Task.WhenAll(error.Reply, data.Reply).WaitAsync(_options.StreamCreationTimeout, _time, cancellationToken);
            if (replies.Contains(false))
            {
                throw new IOException(Closed.IsCancellationRequested ? "the connection to the kubelet has ended" : $"the kubelet refused a connection to port {port}");
            }
        }
        catch
        {
            error.Reset();
            data?.Reset();
            throw;
        }

        error.Output.Complete();
        return new ForwardedConnection(port, hasHalfClose: true, data, error, () => Ending(error), close);

        SpdyStream Open(string type) => _connection.Open(
            (StreamHeaders.StreamType, type), (StreamHeaders.Port, portText), (StreamHeaders.RequestId, request));
    }
}
