using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>What a request offers to prove who makes it. Nothing of it has been verified.</summary>
/// <param name="BearerToken">The token of the Authorization header, or the one among a WebSocket's subprotocols.</param>
/// <param name="ClientCertificate">The certificate of the TLS handshake; its chain has not been checked either.</param>
public sealed record Credentials(string? BearerToken, X509Certificate2? ClientCertificate)
{
    /// <summary>What the client sent behind its certificate, to lead to an authority.</summary>
    public IReadOnlyList<X509Certificate2> Intermediates { get; init; } = [];

    /// <summary>Names no secret.</summary>
    public override string ToString() => $"token: {BearerToken is not null}, certificate: {ClientCertificate?.Subject}";

    /// <summary>Reads the credentials of a request.</summary>
    internal static Credentials Of(HttpContext context) =>
        new(BearerTokenOf(context.Request) ?? WebSocketToken.Of(context.Request), context.Connection.ClientCertificate)
        {
            Intermediates = context.Features.Get<ClientChain>()?.Intermediates ?? [],
        };

    // As apiserver's bearertoken.go: the scheme in any case, the token up to the next space. Of several headers Go takes the first and
    // others take the last; who sends two is not to be believed either way.
    private static string? BearerTokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization is [{ } only] ? only.Trim() : "";
        var parts = header.Split(' ', 3);
        return parts is [var scheme, { Length: > 0 } token, ..] && scheme.Equals("bearer", StringComparison.OrdinalIgnoreCase)
            ? token
            : null;
    }
}
