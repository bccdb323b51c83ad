namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>The protocols of port-forward, by transport.</summary>
public static class PortForwardProtocols
{
    internal const string V4 = "v4.channel.k8s.io";
    internal const string V4Base64 = "v4.base64.channel.k8s.io";

    /// <summary>Offered over SPDY.</summary>
    public static IReadOnlyList<string> Spdy { get; } = ["portforward.k8s.io"];

    /// <summary>Offered over WebSocket; none at all means binary channels too.</summary>
    public static IReadOnlyList<string> WebSocket { get; } = [V4, V4Base64];

    /// <summary>Offered over WebSocket for SPDY in a tunnel; the request then has no ports.</summary>
    public static IReadOnlyList<string> Tunnel { get; } = ["SPDY/3.1+portforward.k8s.io"];

    /// <summary>Whether an offer asks for a tunnel: then <see cref="Tunnel"/> is to be negotiated and the query is not looked at.</summary>
    /// <param name="offers">Values of <c>Sec-WebSocket-Protocol</c>.</param>
    public static bool IsTunnel(IEnumerable<string?> offers) =>
        Upgrades.HeaderTokens.Of(offers).Any(offer =>
            offer.StartsWith("SPDY/3.1+", StringComparison.Ordinal) && offer.EndsWith(".k8s.io", StringComparison.Ordinal));
}
