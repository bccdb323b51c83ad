namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>The protocols of exec and attach, by transport, best first.</summary>
public static class RemoteCommandProtocols
{
    internal const string V1 = "channel.k8s.io";
    internal const string V2 = "v2.channel.k8s.io";
    internal const string V3 = "v3.channel.k8s.io";
    internal const string V4 = "v4.channel.k8s.io";
    internal const string V5 = "v5.channel.k8s.io";
    internal const string V1Base64 = "base64.channel.k8s.io";
    internal const string V4Base64 = "v4.base64.channel.k8s.io";

    /// <summary>Offered over SPDY. v5 is WebSocket's: no real node accepts it here.</summary>
    public static IReadOnlyList<string> Spdy { get; } = [V4, V3, V2, V1];

    /// <summary>Offered over WebSocket; none at all means v1.</summary>
    public static IReadOnlyList<string> WebSocket { get; } = [V5, V4, V4Base64, V1, V1Base64];

    /// <summary>What our client offers over WebSocket, best first, as kube-rs does. Only the first can half-close.</summary>
    public static IReadOnlyList<string> WebSocketClient { get; } = [V5, V4];

    /// <summary>Whether terminal sizes travel; over WebSocket their channel always exists.</summary>
    internal static bool HasResize(string protocol) => protocol is V3 or V4 or V5;

    /// <summary>Whether the error stream carries a Status rather than text.</summary>
    internal static bool HasJsonStatus(string? protocol) => protocol is V4 or V5 or V4Base64;

    internal static bool IsBase64(string? protocol) => protocol is V1Base64 or V4Base64;
}
