using System.Globalization;

namespace VirtualKubelet.Kubelet.Client;

/// <summary>A request for connections to a pod's ports.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
public sealed record PortForwardRequest(string Namespace, string Pod)
{
    /// <summary>The pod's UID; null for whichever pod has the name.</summary>
    public string? Uid { get; init; }

    /// <summary>Path and query for these ports, in one list as kube-rs sends it; a tunnel names none.</summary>
    internal string ToPathAndQuery(IReadOnlyList<int> ports) => RequestTarget.Of(
        "portForward",
        [Namespace, Pod, Uid],
        ("port", ports.Count == 0 ? null : string.Join(',', ports.Select(p => p.ToString(CultureInfo.InvariantCulture)))));
}
