namespace VirtualKubelet.Kubelet.Streaming.Upgrades;

/// <summary>Negotiates SPDY as Kubernetes' <c>httpstream.Handshake</c> does.</summary>
public static class SpdyUpgrade
{
    private const string VersionHeader = "X-Stream-Protocol-Version";

    /// <summary>Decides about a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="supported">The protocols served here; the client's first known one is taken.</param>
    public static UpgradeAnswer Negotiate(UpgradeRequest request, IReadOnlyList<string> supported)
    {
        if (!request.IsSpdy)
        {
            return Refuse(400, "missing upgrade headers in request");
        }

        if (request.StreamProtocolVersions.Count == 0)
        {
            return Refuse(400, $"header {VersionHeader} does not exist in request with {request.HeaderCount} headers");
        }

        var offers = HeaderTokens.Of(request.StreamProtocolVersions).ToList();
        if (offers.Count == 0)
        {
            return Refuse(400, $"header {VersionHeader} contains [{string.Join(' ', request.StreamProtocolVersions)}], but no valid protocols");
        }

        return HeaderTokens.FirstKnown(offers, supported) is { } protocol
            ? new UpgradeAnswer { StatusCode = 101, Protocol = protocol, Headers = [new("Upgrade", "SPDY/3.1"), new(VersionHeader, protocol)] }
            : Refuse(403, $"unable to negotiate protocol: client supports [{string.Join(' ', offers)}], server accepts [{string.Join(' ', supported)}]")
                with
            { Headers = [.. supported.Select(p => new KeyValuePair<string, string>("X-Accepted-Stream-Protocol-Versions", p))] };
    }

    private static UpgradeAnswer Refuse(int status, string why) => new() { StatusCode = status, Body = $"unable to upgrade: {why}" };
}
