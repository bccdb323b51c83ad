namespace VirtualKubelet.Kubelet.Client.Upgrades;

/// <summary>The headers of a WebSocket handshake that are the same over HTTP/1.1 and HTTP/2.</summary>
internal static class WebSocketHeaders
{
    private const string ProtocolHeader = "Sec-WebSocket-Protocol";

    /// <summary>Offers protocols, best first.</summary>
    public static void Offer(HttpRequestMessage message, IReadOnlyList<string> protocols)
    {
        message.Headers.Add("Sec-WebSocket-Version", "13");
        message.Headers.Add(ProtocolHeader, string.Join(", ", protocols));
    }

    /// <summary>The protocol that was chosen of those offered.</summary>
    /// <exception cref="KubeletProtocolException">It is none of them, or more was chosen than that.</exception>
    public static string Chosen(HttpResponseMessage response, IReadOnlyList<string> protocols)
    {
        if (ValueOf(response, "Sec-WebSocket-Extensions") is { } extensions)
        {
            throw new KubeletProtocolException($"the kubelet chose an extension nobody offered: {extensions}");
        }

        var protocol = ValueOf(response, ProtocolHeader);
        return protocol is not null && protocols.Contains(protocol)
            ? protocol
            : throw new KubeletProtocolException($"the kubelet chose the protocol \"{protocol}\", but {string.Join(" and ", protocols)} were offered");
    }

    /// <summary>A header of the answer; null when it has none of that name.</summary>
    public static string? ValueOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
