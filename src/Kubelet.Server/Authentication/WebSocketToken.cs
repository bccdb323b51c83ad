using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using VirtualKubelet.Kubelet.Server.Upgrades;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>
/// A bearer token among the subprotocols that a WebSocket offers, as browsers can set no other header (apiserver's <c>websocket/protocol.go</c>):
/// exactly one, and at least one protocol that can be answered with.
/// </summary>
internal static class WebSocketToken
{
    private const string Prefix = "base64url.bearer.authorization.k8s.io.";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The token; null when there is none, several, none that can be read, or nothing else on offer.</summary>
    public static string? Of(HttpRequest request)
    {
        var upgrade = UpgradeRequests.Of(request);
        var offers = upgrade.WebSocketOffers.ToList();
        var tokens = offers.Where(IsToken).ToList();
        return tokens.Count == 1 && offers.Count > 1 && upgrade.IsWebSocket ? Decode(tokens[0].AsSpan(Prefix.Length)) : null;
    }

    /// <summary>Takes tokens out of the offer, so that nobody behind this sees or echoes one.</summary>
    public static void Remove(HttpRequest request)
    {
        var offers = UpgradeRequests.Of(request).WebSocketOffers.ToList();
        if (offers.RemoveAll(IsToken) > 0)
        {
            request.Headers.SecWebSocketProtocol = string.Join(", ", offers);
        }
    }

    private static bool IsToken(string offer) => offer.StartsWith(Prefix, StringComparison.Ordinal);

    private static string? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        try
        {
            return Base64Url.TryDecodeFromChars(text, bytes, out var count) && count > 0 ? Strict.GetString(bytes, 0, count) : null;
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
