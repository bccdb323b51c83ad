using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using VirtualKubelet.Kubelet.Streaming.Upgrades;

namespace VirtualKubelet.Kubelet.Server.Upgrades;

/// <summary>What of a request decides about an upgrade.</summary>
internal static class UpgradeRequests
{
    /// <summary>Whether one stream of an HTTP/2 connection is to become a WebSocket (RFC 8441).</summary>
    public static bool IsStream(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };

    /// <summary>What the request wants to do: a WebSocket over HTTP/2 says CONNECT where it says GET elsewhere, and is the same request with the same rights.</summary>
    public static string MethodOf(HttpContext context) => IsStream(context) ? HttpMethods.Get : context.Request.Method;

    public static UpgradeRequest Of(HttpRequest request)
    {
        var headers = request.Headers;
        return new UpgradeRequest
        {
            Method = MethodOf(request.HttpContext),
            IsStream = IsStream(request.HttpContext),

            // Go keeps the host apart from the headers.
            HeaderCount = headers.Count - (headers.Host.Count > 0 ? 1 : 0),
            Connection = headers.Connection,
            Upgrade = headers.Upgrade,
            StreamProtocolVersions = headers["X-Stream-Protocol-Version"],
            WebSocketProtocols = headers.SecWebSocketProtocol,
            WebSocketVersion = headers.SecWebSocketVersion,
            WebSocketKey = headers.SecWebSocketKey,
        };
    }
}
