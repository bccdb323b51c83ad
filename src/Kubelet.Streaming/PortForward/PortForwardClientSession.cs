using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using VirtualKubelet.Kubelet.Streaming.WebSockets;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>
/// The client's side of port-forward over WebSocket channels: one connection to each port, which the kubelet makes at once. They share one transport: who stops
/// reading one of them stops them all. Their ends come with the WebSocket's, when all have ended; disposing the last one closes it.
/// </summary>
public sealed class PortForwardClientSession : IAsyncDisposable
{
    private readonly ChannelMultiplexer _connection;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private int _open;

    private PortForwardClientSession(ChannelMultiplexer connection, List<IMultiplexedStream> channels, StreamingOptions options, TimeProvider time)
    {
        (_connection, _options, _time, _open) = (connection, options, time, channels.Count / 2);
        Connections = [.. channels.Chunk(2).Select(pair => new ForwardedConnection(
            PortOf(pair[0]), hasHalfClose: false, pair[0], pair[1], Ending, CloseOneAsync))];
    }

    /// <summary>A connection for each port, in the order of the request.</summary>
    public IReadOnlyList<ForwardedConnection> Connections { get; }

    /// <summary>Speaks WebSocket channels on an upgraded connection.</summary>
    /// <param name="transport">The raw connection after the 101; owned and disposed from now on, also on failure.</param>
    /// <param name="protocol">The server's choice of <see cref="PortForwardProtocols.WebSocket"/>.</param>
    /// <param name="ports">The ports of the request, at most <see cref="ForwardedPorts.MaxPorts"/>.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    /// <param name="cancellationToken">Gives up waiting for the channels to open.</param>
    /// <exception cref="InvalidDataException">The kubelet opened other channels, or none.</exception>
    /// <exception cref="TimeoutException">It did not open them in time.</exception>
    public static async Task<PortForwardClientSession> OverWebSocketAsync(
        Stream transport, string protocol, IReadOnlyList<int> ports, StreamingOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ports.Count, ForwardedPorts.MaxPorts);
        var connection = new ChannelMultiplexer(
            transport, isClient: true, PortForwardChannels.ProtocolOf(protocol), PortForwardChannels.DefineClient(ports), options, time);
        try
        {
            List<IMultiplexedStream> channels = [];
            while (connection.TryAccept(out var channel))
            {
                channels.Add(channel);
            }

            var greetings = Task.WhenAll(channels.Select(channel => TakeGreetingAsync(channel, cancellationToken)));
            await greetings.WaitAsync(options.StreamCreationTimeout, time, cancellationToken);
            return new PortForwardClientSession(connection, channels, options, time);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in Connections)
        {
            await connection.DisposeAsync();
        }
    }

    private async ValueTask CloseOneAsync()
    {
        if (Interlocked.Decrement(ref _open) > 0)
        {
            return;
        }

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

    /// <summary>The first bytes on each channel are its port, little-endian.</summary>
    private static async Task TakeGreetingAsync(IMultiplexedStream channel, CancellationToken cancellationToken)
    {
        var read = await channel.Input.ReadAtLeastAsync(sizeof(ushort), cancellationToken);
        if (read.Buffer.Length < sizeof(ushort))
        {
            throw new InvalidDataException("the kubelet closed a port-forward before it had opened its channels");
        }

        var greeting = read.Buffer.Slice(0, sizeof(ushort));
        var port = BinaryPrimitives.ReadUInt16LittleEndian(greeting.ToArray());
        if (port != PortOf(channel))
        {
            throw new InvalidDataException($"the kubelet opened a channel for port {port} instead of {PortOf(channel)}");
        }

        channel.Input.AdvanceTo(greeting.End);
    }

    private static int PortOf(IMultiplexedStream channel) => int.Parse(channel.Header(StreamHeaders.Port)!, CultureInfo.InvariantCulture);

    private string? Ending() => _connection.IsClosedNormally ? null : $"the connection to the kubelet has ended: {_connection.Ending}";
}
