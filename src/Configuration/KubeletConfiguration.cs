using System.Net;

namespace VirtualKubelet.Configuration;

/// <summary>The kubelet API that the agent serves for the node.</summary>
public sealed record KubeletConfiguration
{
    /// <summary>Address to listen on; loopback unless the owner says otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port to listen on, 1 to 65535; 0 takes any free port.</summary>
    public int Port { get; init; } = 10250;

    /// <summary>The serving certificate; absent means a self-signed one that is generated in the state directory.</summary>
    public KubeletTls? Tls { get; init; }

    /// <summary>Who may call.</summary>
    public KubeletAuthentication Authentication { get; init; } = new();

    /// <summary>Whether logs and the other routes that look into containers are served, as in a kubelet's own configuration.</summary>
    public bool EnableDebuggingHandlers { get; init; } = true;

    /// <summary>Silence in both directions after which an exec, attach or port-forward connection is closed, as in a kubelet's own configuration.</summary>
    public TimeSpan StreamingConnectionIdleTimeout { get; init; } = TimeSpan.FromHours(4);
}
