using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>What a request offers to prove who makes it. Nothing of it has been verified.</summary>
/// <param name="BearerToken">The token of the Authorization header, or the one among a WebSocket's subprotocols.</param>
/// <param name="ClientCertificate">The certificate of the TLS handshake; its chain has not been checked either.</param>
public sealed record Credentials(string? BearerToken, X509Certificate2? ClientCertificate)
{
    /// <summary>Names no secret.</summary>
    public override string ToString() => $"token: {BearerToken is not null}, certificate: {ClientCertificate?.Subject}";

    /// <summary>Reads the credentials of a request.</summary>
    internal static Credentials Of(HttpContext context) =>
        new(BearerTokenOf(context.Request) ?? WebSocketToken.Of(context.Request), context.Connection.ClientCertificate);

    // As apiserver's bearertoken.go: the first header counts, the scheme in any case, the token up to the next space.
    private static string? BearerTokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization is [{ } first, ..] ? first.Trim() : "";
        var parts = header.Split(' ', 3);
        return parts is [var scheme, { Length: > 0 } token, ..] && scheme.Equals("bearer", StringComparison.OrdinalIgnoreCase)
            ? token
            : null;
    }
}
