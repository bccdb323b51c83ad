using System.Net;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>What the node is like, and how often that is told.</summary>
internal sealed record NodeControllerOptions
{
    /// <summary>The node.</summary>
    public required string NodeName { get; init; }

    /// <summary>Where API servers reach the agent, the preferred one first; of IPv4 and IPv6 at most one each.</summary>
    public required IReadOnlyList<IPAddress> InternalAddresses { get; init; }

    /// <summary>The node's name for DNS; absent is the node's name. API servers dial it first by default: they must be able to resolve it.</summary>
    public string Hostname { get => field ?? NodeName; init; }

    /// <summary>The port of the kubelet API.</summary>
    public required int KubeletPort { get; init; }

    /// <summary>Labels besides the usual ones; they come before those.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints to carry.</summary>
    public IReadOnlyList<Taint> Taints { get; init; } = [];

    /// <summary><c>spec.providerID</c>, set when the Node is created and never changed; absent is none.</summary>
    public string? ProviderId { get; init; }

    /// <summary>What the node is made of.</summary>
    public NodeMachine Machine { get; init; } = new();

    /// <summary>Local storage that pods may ask for; a node without the resource gets no pod that asks for any.</summary>
    public Quantity EphemeralStorage { get; init; } = Quantity.Zero;

    /// <summary>Whether WebSocket sessions, v5 and tunnels included, may come to the agent as they are (<c>ExtendWebSocketsToKubelet</c>).</summary>
    public bool AcceptsWebSockets { get; init; } = true;

    /// <summary>How often the status is looked at: a kubelet's <c>nodeStatusUpdateFrequency</c>.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it is looked at as long as the node is not ready: to be seen as ready at once.</summary>
    public TimeSpan UnreadySyncInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the status is told although nothing changed: a kubelet's <c>nodeStatusReportFrequency</c>.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Tries of one post.</summary>
    public int MaxTries { get; init; } = 5;

    /// <summary>Time for one request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for the provider to say what the node offers; then the last answer stands.</summary>
    public TimeSpan ProviderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait after a first failure; it doubles, as a kubelet's does when it registers.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait after a failure.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(7);
}
