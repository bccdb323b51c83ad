using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using VirtualKubelet.Kubelet.Streaming.Upgrades;

namespace VirtualKubelet.Kubelet.Client.Upgrades;

/// <summary>The client's side of one WebSocket handshake (RFC 6455, section 4.1), asking as kube-rs does.</summary>
/// <param name="protocols">What is offered, best first.</param>
internal sealed class WebSocketHandshake(IReadOnlyList<string> protocols) : IHandshake
{
    private const int KeyBytes = 16;

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <inheritdoc/>
    public HttpStatusCode Accepted => HttpStatusCode.SwitchingProtocols;

    /// <inheritdoc/>
    public void Ask(HttpRequestMessage message)
    {
        message.Version = HttpVersion.Version11;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        message.Headers.Connection.Add("Upgrade");
        message.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        message.Headers.Add("Sec-WebSocket-Key", _key);
        WebSocketHeaders.Offer(message, protocols);
    }

    /// <inheritdoc/>
    public string Check(HttpResponseMessage response)
    {
        if (!response.Headers.Upgrade.Any(product => product.Name.Equals("websocket", StringComparison.OrdinalIgnoreCase)))
        {
            throw new KubeletProtocolException("the kubelet upgraded to something else than a WebSocket");
        }

        if (WebSocketHeaders.ValueOf(response, "Sec-WebSocket-Accept") != WebSocketUpgrade.AcceptFor(_key))
        {
            throw new KubeletProtocolException("the kubelet's Sec-WebSocket-Accept does not match: something between us answers for it");
        }

        return WebSocketHeaders.Chosen(response, protocols);
    }
}
