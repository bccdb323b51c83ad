using System.Net;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.ClusterNodes;

/// <summary>What a node of a cluster is like, and how often that is told.</summary>
public sealed record ClusterNodeOptions
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>Where API servers reach the kubelet's API, the preferred one first; of IPv4 and IPv6 at most one each.</summary>
    public required IReadOnlyList<IPAddress> InternalAddresses { get; init; }

    /// <summary>Labels besides the usual ones.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints to carry.</summary>
    public IReadOnlyList<Taint> Taints { get; init; } = [];

    /// <summary>Local storage that pods may ask for.</summary>
    public Quantity EphemeralStorage { get; init; } = Quantity.Zero;

    /// <summary>How long the lease must have stood still before another agent may take it, 4 s or more; whole seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How often the status is looked at.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the status is told although nothing changed.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromMinutes(5);
}
