namespace VirtualKubelet.Kubelet.Streaming.Upgrades;

/// <summary>What of a request decides about an upgrade. Header values are given line by line, as they came.</summary>
public sealed record UpgradeRequest
{
    /// <summary>The method; of a <see cref="IsStream"/> that of the request it stands for, GET.</summary>
    public required string Method { get; init; }

    /// <summary>
    /// Whether one stream of an HTTP/2 connection is to become a WebSocket (RFC 8441). Such a request has none of the headers that are about a connection, and no key.
    /// </summary>
    public bool IsStream { get; init; }

    /// <summary>How many headers the request has; a kubelet's error names the number.</summary>
    public int HeaderCount { get; init; }

    /// <summary><c>Connection</c>.</summary>
    public IReadOnlyList<string?> Connection { get; init; } = [];

    /// <summary><c>Upgrade</c>.</summary>
    public IReadOnlyList<string?> Upgrade { get; init; } = [];

    /// <summary><c>X-Stream-Protocol-Version</c>.</summary>
    public IReadOnlyList<string?> StreamProtocolVersions { get; init; } = [];

    /// <summary><c>Sec-WebSocket-Protocol</c>.</summary>
    public IReadOnlyList<string?> WebSocketProtocols { get; init; } = [];

    /// <summary><c>Sec-WebSocket-Version</c>.</summary>
    public string? WebSocketVersion { get; init; }

    /// <summary><c>Sec-WebSocket-Key</c>.</summary>
    public string? WebSocketKey { get; init; }

    /// <summary>The subprotocols that a WebSocket's client offers, in its order.</summary>
    public IEnumerable<string> WebSocketOffers => HeaderTokens.Of(WebSocketProtocols);

    /// <summary>Whether this asks for a WebSocket.</summary>
    public bool IsWebSocket => IsStream || HeaderTokens.Mentions(Connection, "upgrade") && HeaderTokens.Mentions(Upgrade, "websocket");

    /// <summary>Whether this asks for SPDY.</summary>
    public bool IsSpdy => HeaderTokens.Mentions(Connection, "upgrade") && HeaderTokens.Mentions(Upgrade, "spdy/3.1");
}
