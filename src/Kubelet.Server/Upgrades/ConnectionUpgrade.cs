using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Kubelet.Streaming.Tls;
using VirtualKubelet.Kubelet.Streaming.Upgrades;

namespace VirtualKubelet.Kubelet.Server.Upgrades;

/// <summary>Turns an HTTP/1.1 connection into a raw one, as an answer to the negotiation says.</summary>
internal static class ConnectionUpgrade
{
    /// <summary>Whether the connection can be upgraded: the client asked for it and sends no body. Over HTTP/2 it cannot.</summary>
    public static bool IsPossible(HttpContext context) => context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Answers without an upgrade.</summary>
    public static Task RefuseAsync(HttpContext context, UpgradeAnswer answer)
    {
        Append(context, answer);
        return answer.Body.Length > 0
            ? TextResponse.WriteLineAsync(context, answer.StatusCode, answer.Body)
            : WriteEmptyAsync(context, answer.StatusCode);
    }

    /// <summary>Answers 101, which is on its way when this returns, and hands out the raw connection.</summary>
    public static async Task<Stream> AcceptAsync(HttpContext context, UpgradeAnswer answer)
    {
        Append(context, answer);
        ResponseDeadline.Lift(context);

        // Kestrel adds `Connection: Upgrade`. Its own WebSocket would not do: see WebSocketConnection.
        var upgraded = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        var tls = new TlsRecordStream(context.Features.GetRequiredFeature<ISslStreamFeature>().SslStream, context.Features.GetRequiredFeature<TlsRecordPipe>());
        return new UpgradedStream(upgraded, tls);
    }

    private static void Append(HttpContext context, UpgradeAnswer answer)
    {
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers.Append(name, value);
        }
    }

    private static Task WriteEmptyAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
