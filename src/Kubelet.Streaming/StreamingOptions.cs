using System.Runtime.CompilerServices;

namespace VirtualKubelet.Kubelet.Streaming;

/// <summary>Bounds of one upgraded connection. The defaults are the kubelet's where it has any.</summary>
public sealed record StreamingOptions
{
    /// <summary>How long the client may take to open the streams a session needs (kubelet: <c>streamCreationTimeout</c>).</summary>
    public TimeSpan StreamCreationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Silence in both directions after which the connection is closed (kubelet: <c>streamingConnectionIdleTimeout</c>); <see cref="Timeout.InfiniteTimeSpan"/>: never.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How long a closed connection keeps discarding input, so that what was sent last is not lost to a TCP reset.</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a forwarded connection whose target has sent its last byte may go on sending to it.</summary>
    public TimeSpan HalfCloseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one full receive buffer may hold up a connection before something is done about it: see the folder's README.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a WebSocket peer is asked whether it is there; <see cref="Timeout.InfiniteTimeSpan"/>: never, as in a kubelet. Clients ask.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Silence after which a WebSocket peer that is asked counts as dead. Time in which it may have a reason to be silent is not counted.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Unread bytes of one stream at which it counts as full; 1 KiB to 1 GiB.</summary>
    public int ReceiveBufferBytes { get; init; } = 128 * 1024;

    /// <summary>Streams open at once in one SPDY connection; more are refused. A forwarded connection takes two.</summary>
    public int MaxStreams { get; init; } = 1024;

    /// <summary>Longest WebSocket message, in payload bytes (Go's server: 32 MiB). Messages are passed on as they come, never held.</summary>
    public long MaxMessageBytes { get; init; } = 32 << 20;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StreamCreationTimeout, TimeSpan.Zero);
        ThrowIfNeitherPositiveNorInfinite(IdleTimeout);
        ThrowIfNeitherPositiveNorInfinite(KeepAliveInterval);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(KeepAliveTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LingerTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(HalfCloseTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReceiveBufferBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ReceiveBufferBytes, 1 << 30);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxStreams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxMessageBytes, 1);
    }

    private static void ThrowIfNeitherPositiveNorInfinite(TimeSpan time, [CallerArgumentExpression(nameof(time))] string? name = null)
    {
        if (time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, name);
        }
    }
}
