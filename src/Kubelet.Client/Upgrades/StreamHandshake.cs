using System.Net;
using System.Security.Authentication;

namespace VirtualKubelet.Kubelet.Client.Upgrades;

/// <summary>The client's side of a WebSocket handshake for one stream of an HTTP/2 connection (RFC 8441, section 5).</summary>
/// <param name="protocols">What is offered, best first.</param>
internal sealed class StreamHandshake(IReadOnlyList<string> protocols) : IHandshake
{
    /// <inheritdoc/>
    public HttpStatusCode Accepted => HttpStatusCode.OK;

    /// <summary>Whether an error may mean that the kubelet does not know this way. Who has no HTTP/2 at all ends the TLS handshake (RFC 7301, section 3.2).</summary>
    public static bool MayBeUnknown(HttpRequestException e) =>
        e.HttpRequestError is HttpRequestError.ExtendedConnectNotSupported or HttpRequestError.VersionNegotiationError || e.InnerException is AuthenticationException;

    /// <summary>Whether a refusal may mean the same: who lets HTTP/2 take WebSockets, but not here, sees a method that it does not allow.</summary>
    public static bool MayBeUnknown(KubeletRequestException e) => e.Status is HttpStatusCode.MethodNotAllowed or HttpStatusCode.Forbidden;

    /// <inheritdoc/>
    public void Ask(HttpRequestMessage message)
    {
        message.Method = HttpMethod.Connect;
        message.Version = HttpVersion.Version20;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        message.Headers.Protocol = "websocket";
        WebSocketHeaders.Offer(message, protocols);
    }

    /// <inheritdoc/>
    public string Check(HttpResponseMessage response) => WebSocketHeaders.Chosen(response, protocols);
}
