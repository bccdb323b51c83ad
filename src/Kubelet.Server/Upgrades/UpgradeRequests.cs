using Microsoft.AspNetCore.Http;
using VirtualKubelet.Kubelet.Streaming.Upgrades;

namespace VirtualKubelet.Kubelet.Server.Upgrades;

/// <summary>What of a request decides about an upgrade.</summary>
internal static class UpgradeRequests
{
    public static UpgradeRequest Of(HttpRequest request)
    {
        var headers = request.Headers;
        return new UpgradeRequest
        {
            Method = request.Method,

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
