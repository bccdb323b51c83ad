using System.Net;

namespace VirtualKubelet.Configuration;

/// <summary>The kubelet API that the agent serves for the node.</summary>
public sealed record KubeletConfiguration
{
    /// <summary>Address to listen on; loopback unless the owner says otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port to listen on, 1 to 65535; 0 takes any free port.</summary>
    public int Port { get; init; } = 10250;

    /// <summary>The serving certificate; absent means one from the cluster with <see cref="ServerTlsBootstrap"/>, else a self-signed one that is generated in the state directory.</summary>
    public KubeletTls? Tls { get; init; }

    /// <summary>Whether a serving certificate is requested from the cluster, as in a kubelet's own configuration. Somebody has to approve the request.</summary>
    public bool ServerTlsBootstrap { get; init; }

    /// <summary>Addresses under which the API server reaches the agent; empty means <see cref="Address"/>, or the machine's own when that stands for all.</summary>
    public IReadOnlyList<IPAddress> NodeAddresses { get; init; } = [];

    /// <summary>Who may call.</summary>
    public KubeletAuthentication Authentication { get; init; } = new();

    /// <summary>Whether logs and the other routes that look into containers are served, as in a kubelet's own configuration.</summary>
    public bool EnableDebuggingHandlers { get; init; } = true;

    /// <summary>Silence in both directions after which an exec, attach or port-forward connection is closed, as in a kubelet's own configuration.</summary>
    public TimeSpan StreamingConnectionIdleTimeout { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Seconds without renewal after which the node's lease has expired, as in a kubelet's own configuration; it is renewed four times as often.</summary>
    public int NodeLeaseDurationSeconds { get; init; } = 40;

    /// <summary>Time between two looks at the node's status, as in a kubelet's own configuration.</summary>
    public TimeSpan NodeStatusUpdateFrequency { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time between two reports of a status that does not change, as in a kubelet's own configuration.</summary>
    public TimeSpan NodeStatusReportFrequency { get; init; } = TimeSpan.FromMinutes(5);
}
