using VirtualKubelet.Kubelet.Streaming.Spdy;
using VirtualKubelet.Kubelet.Streaming.WebSockets;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>
/// Serves one upgraded port-forward connection until its client leaves, it is idle for too long, or it is cancelled. Everything connected for it is closed by then.
/// </summary>
public sealed class PortForwardServer
{
    private readonly PortConnector _connect;
    private readonly PortForwardPod _pod;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;

    /// <param name="connect">Connects to the pod's ports.</param>
    /// <param name="pod">What error texts call the pod.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    public PortForwardServer(PortConnector connect, PortForwardPod pod, StreamingOptions options, TimeProvider time)
    {
        options.Validate();
        (_connect, _pod, _options, _time) = (connect, pod, options, time);
    }

    /// <summary>Serves SPDY: any number of connections to any ports, two streams each.</summary>
    /// <param name="transport">The raw connection after the 101; owned and disposed from now on.</param>
    /// <param name="cancellationToken">Ends everything with a goodbye.</param>
    public Task RunSpdyAsync(Stream transport, CancellationToken cancellationToken) =>
        RunAsync(new SpdyConnection(transport, _options, _time, mayGiveUpStreams: true), cancellationToken);

    /// <summary>Serves SPDY tunnelled in WebSocket messages.</summary>
    /// <param name="transport">The raw connection after the 101; owned and disposed from now on.</param>
    /// <param name="cancellationToken">Ends everything with a goodbye.</param>
    public Task RunTunnelAsync(Stream transport, CancellationToken cancellationToken) =>
        RunSpdyAsync(new TunnelStream(transport, isClient: false, _options, _time), cancellationToken);

    /// <summary>Serves WebSocket channels: one connection to each port, dialled at once; the WebSocket is closed when all have ended.</summary>
    /// <param name="transport">The raw connection after the 101; owned and disposed from now on.</param>
    /// <param name="protocol">The negotiated one of <see cref="PortForwardProtocols.WebSocket"/>, or null when the client offered none.</param>
    /// <param name="ports">At most <see cref="ForwardedPorts.MaxPorts"/>.</param>
    /// <param name="cancellationToken">Ends everything with a goodbye.</param>
    public Task RunWebSocketAsync(Stream transport, string? protocol, IReadOnlyList<int> ports, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ports.Count, ForwardedPorts.MaxPorts);
        var connection = new ChannelMultiplexer(
            transport, isClient: false, PortForwardChannels.ProtocolOf(protocol), PortForwardChannels.Define(ports), _options, _time);
        return RunAsync(connection, cancellationToken);
    }

    private async Task RunAsync(IMultiplexer connection, CancellationToken cancellationToken)
    {
        await using (connection)
        {
            await new PortForwardSession(connection, _connect, _pod, _options, _time).RunAsync(cancellationToken);
        }
    }
}
