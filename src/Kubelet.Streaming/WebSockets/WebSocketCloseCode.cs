namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>Close codes of RFC 6455, section 7.4.1, as far as we know them.</summary>
internal static class WebSocketCloseCode
{
    public const int Normal = 1000;
    public const int ProtocolError = 1002;
    public const int None = 1005;
    public const int InvalidPayload = 1007;
    public const int MessageTooBig = 1009;
}
