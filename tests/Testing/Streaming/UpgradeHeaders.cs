namespace VirtualKubelet.Testing.Streaming;

/// <summary>Headers by which clients ask for an upgrade.</summary>
public static class UpgradeHeaders
{
    /// <summary>As client-go: one line for each protocol, and a POST without a body.</summary>
    public static string Spdy(params string[] protocols) =>
        "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n"
        + string.Concat(protocols.Select(p => $"X-Stream-Protocol-Version: {p}\r\n"));

    /// <summary>As kube-rs: one line for all protocols.</summary>
    public static string WebSocket(string? protocols) =>
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + (protocols is null ? "" : $"Sec-WebSocket-Protocol: {protocols}\r\n");
}
