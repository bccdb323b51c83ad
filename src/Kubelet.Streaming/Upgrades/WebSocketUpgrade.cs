using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace VirtualKubelet.Kubelet.Streaming.Upgrades;

/// <summary>The WebSocket handshake (RFC 6455, section 4.2; over HTTP/2 RFC 8441, section 5). Origins are never checked and extensions never negotiated, as in a kubelet.</summary>
public static class WebSocketUpgrade
{
    private const string Version = "13";
    private const int KeyBytes = 16;

    /// <summary>Decides about a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="supported">The protocols served here; the client's first known one is taken. Offering none at all is allowed.</param>
    public static UpgradeAnswer Negotiate(UpgradeRequest request, IReadOnlyList<string> supported)
    {
        if (request.Method != "GET")
        {
            return new UpgradeAnswer { StatusCode = 405, Headers = [new("Allow", "GET")] };
        }

        if (!request.IsWebSocket || !(request.IsStream || IsKey(request.WebSocketKey)))
        {
            return new UpgradeAnswer { StatusCode = 400, Body = "bad WebSocket handshake" };
        }

        if (request.WebSocketVersion != Version)
        {
            return new UpgradeAnswer { StatusCode = 400, Body = "bad WebSocket version", Headers = [new("Sec-WebSocket-Version", Version)] };
        }

        var offers = request.WebSocketOffers.ToList();
        var protocol = HeaderTokens.FirstKnown(offers, supported);
        return protocol is null && offers.Count > 0 ? new UpgradeAnswer { StatusCode = 403 } : Accept(request, protocol);
    }

    /// <summary>What <c>Sec-WebSocket-Accept</c> must say to a client's <c>Sec-WebSocket-Key</c>.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The handshake is defined with SHA-1; it proves understanding, not identity.")]
    public static string AcceptFor(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key.Trim() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));

    private static UpgradeAnswer Accept(UpgradeRequest request, string? protocol)
    {
        List<KeyValuePair<string, string>> headers = request.IsStream ? [] : [new("Upgrade", "websocket"), new("Sec-WebSocket-Accept", AcceptFor(request.WebSocketKey!))];
        if (protocol is not null)
        {
            headers.Add(new("Sec-WebSocket-Protocol", protocol));
        }

        return new UpgradeAnswer { StatusCode = request.IsStream ? 200 : 101, Protocol = protocol, Headers = headers };
    }

    private static bool IsKey(string? key)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes + 2];
        return key is not null && Convert.TryFromBase64String(key.Trim(), bytes, out var count) && count == KeyBytes;
    }
}
