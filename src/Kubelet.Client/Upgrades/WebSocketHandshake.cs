using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using VirtualKubelet.Kubelet.Streaming.Upgrades;

namespace VirtualKubelet.Kubelet.Client.Upgrades;

/// <summary>The client's side of one WebSocket handshake (RFC 6455, section 4.1), asking as kube-rs does.</summary>
/// <param name="protocols">What is offered, best first.</param>
internal sealed class WebSocketHandshake(IReadOnlyList<string> protocols) : IHandshake
{
    private const string ProtocolHeader = "Sec-WebSocket-Protocol";
    private const int KeyBytes = 16;

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <inheritdoc/>
    public void Ask(HttpRequestMessage message)
    {
        message.Version = HttpVersion.Version11;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        message.Headers.Connection.Add("Upgrade");
        message.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        message.Headers.Add("Sec-WebSocket-Version", "13");
        message.Headers.Add("Sec-WebSocket-Key", _key);
        message.Headers.Add(ProtocolHeader, string.Join(", ", protocols));
    }

    /// <inheritdoc/>
    public string Check(HttpResponseMessage response)
    {
        if (!response.Headers.Upgrade.Any(product => product.Name.Equals("websocket", StringComparison.OrdinalIgnoreCase)))
        {
            throw new KubeletProtocolException("the kubelet upgraded to something else than a WebSocket");
        }

        if (ValueOf(response, "Sec-WebSocket-Accept") != WebSocketUpgrade.AcceptFor(_key))
        {
            throw new KubeletProtocolException("the kubelet's Sec-WebSocket-Accept does not match: something between us answers for it");
        }

        if (ValueOf(response, "Sec-WebSocket-Extensions") is { } extensions)
        {
            throw new KubeletProtocolException($"the kubelet chose an extension nobody offered: {extensions}");
        }

        var protocol = ValueOf(response, ProtocolHeader);
        return IsOffered(protocol)
            ? protocol
            : throw new KubeletProtocolException($"the kubelet chose the protocol \"{protocol}\", but {string.Join(" and ", protocols)} were offered");
    }

    private static string? ValueOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private bool IsOffered([NotNullWhen(true)] string? protocol) => protocol is not null && protocols.Contains(protocol);
}
