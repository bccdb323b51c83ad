namespace VirtualKubelet.Kubelet.Server.Hosting;

/// <summary>
/// Bounds of the server that nobody needs to change: the kubelet's own where it has them, ours where it has none. Response rates have no
/// lower bound on purpose: a reader of a log may pause as long as it likes, up to <see cref="ResponseTimeout"/>.
/// </summary>
internal static class ServerLimits
{
    /// <summary>A single answer is cut after this time, a followed log too (kubelet: read and write timeout).</summary>
    public static TimeSpan ResponseTimeout { get; } = TimeSpan.FromHours(4);

    /// <summary>An idle connection is closed after this time (kubelet: idle timeout).</summary>
    public static TimeSpan KeepAlive { get; } = TimeSpan.FromSeconds(90);

    /// <summary>Time to send a request's header.</summary>
    public static TimeSpan RequestHeader { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for the TLS handshake.</summary>
    public static TimeSpan Handshake { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Request line and headers, each (Go's <c>MaxHeaderBytes</c>): a command line travels in the query.</summary>
    public static int HeaderBytes { get; } = 1 << 20;

    /// <summary>No route reads a body.</summary>
    public static long BodyBytes { get; } = 64 << 10;

    /// <summary>Streams of one HTTP/2 connection (Go's default).</summary>
    public static int StreamsPerConnection { get; } = 250;

    /// <summary>Bytes that the client may have under way in one stream: what a session that does not read holds.</summary>
    public static int StreamWindow { get; } = 64 << 10;

    /// <summary>Bytes that it may have under way in all streams: as much as all of them may, so that sessions that do not read hold up no other.</summary>
    public static int ConnectionWindow { get; } = StreamsPerConnection * StreamWindow;

    /// <summary>Silence after which a TCP peer, or an HTTP/2 one, is asked whether it lives; Go asks as often.</summary>
    public static TimeSpan Probe { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Unanswered TCP probes until the connection is given up.</summary>
    public static int ProbeCount { get; } = 9;

    /// <summary>How long a stopping server waits for a provider to end what runs in a session.</summary>
    public static TimeSpan StoppedCall { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopping server's sessions have in all, their last words included.</summary>
    public static TimeSpan StoppedSession { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a server takes to stop: Kestrel waits for a client that never ends its side of an HTTP/2 stream.</summary>
    public static TimeSpan StoppedServer { get; } = StoppedSession + TimeSpan.FromSeconds(2);
}
