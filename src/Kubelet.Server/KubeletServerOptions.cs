using System.Net;
using VirtualKubelet.Kubelet.Server.Certificates;
using VirtualKubelet.Kubelet.Server.Metrics;
using VirtualKubelet.Kubelet.Streaming;

namespace VirtualKubelet.Kubelet.Server;

/// <summary>How the kubelet's HTTPS API is served.</summary>
public sealed record KubeletServerOptions
{
    /// <summary>The port of every kubelet.</summary>
    public const int DefaultPort = 10250;

    /// <summary>Address to listen on.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Port to listen on; 0 takes any free one, which <see cref="KubeletServer.Endpoint"/> tells.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The serving certificate.</summary>
    public required ICertificateSource Certificate { get; init; }

    /// <summary>
    /// Whether clients are asked for a certificate. Where none would be looked at, not asking spares both sides half of a handshake: TLS sessions can then be resumed.
    /// </summary>
    public bool AsksForCertificates { get; init; } = true;

    /// <summary>Whether container logs and the like are served; otherwise they answer 405 (kubelet <c>enableDebuggingHandlers</c>).</summary>
    public bool EnableDebuggingHandlers { get; init; } = true;

    /// <summary>Most connections at once, 1 or more; further ones are closed at once.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Most container logs read at once, 1 or more; further requests are answered 429.</summary>
    public int MaxLogStreams { get; init; } = 4096;

    /// <summary>Most exec, attach and port-forward sessions at once, 1 or more; further requests are answered 429.</summary>
    public int MaxStreamingSessions { get; init; } = 1024;

    /// <summary>What <c>/metrics</c> shows, for servers that come and go in one program; absent is what has been measured since the server was made.</summary>
    public MetricsCollector? Metrics { get; init; }

    /// <summary>Bounds of one exec, attach or port-forward session.</summary>
    public StreamingOptions Streaming { get; init; } = new();
}
