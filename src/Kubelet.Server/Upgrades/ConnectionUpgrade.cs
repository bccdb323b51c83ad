using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Kubelet.Streaming.Tls;
using VirtualKubelet.Kubelet.Streaming.Upgrades;

namespace VirtualKubelet.Kubelet.Server.Upgrades;

/// <summary>Turns an HTTP/1.1 connection, or one stream of an HTTP/2 connection, into a raw one, as an answer to the negotiation says.</summary>
internal static class ConnectionUpgrade
{
    /// <summary>Whether it can be upgraded: the client asked for it and sends no body. Over HTTP/2 only a stream can, never the connection.</summary>
    public static bool IsPossible(HttpContext context) =>
        UpgradeRequests.IsStream(context) || context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Cancelled when the client has closed the connection, or its stream.</summary>
    public static CancellationToken ClosedOf(HttpContext context) =>
        UpgradeRequests.IsStream(context) ? context.RequestAborted : context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed;

    /// <summary>Answers without an upgrade.</summary>
    public static Task RefuseAsync(HttpContext context, UpgradeAnswer answer)
    {
        Append(context, answer);
        return answer.Body.Length > 0
            ? TextResponse.WriteLineAsync(context, answer.StatusCode, answer.Body)
            : WriteEmptyAsync(context, answer.StatusCode);
    }

    /// <summary>Answers 101 or 200, which is on its way when this returns, and hands out the raw connection.</summary>
    public static async Task<Stream> AcceptAsync(HttpContext context, UpgradeAnswer answer)
    {
        Append(context, answer);
        ResponseDeadline.Lift(context);
        if (UpgradeRequests.IsStream(context))
        {
            return await AcceptStreamAsync(context);
        }

        // Kestrel adds `Connection: Upgrade`. Its own WebSocket would not do: see WebSocketConnection.
        var upgraded = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        var tls = new TlsRecordStream(context.Features.GetRequiredFeature<ISslStreamFeature>().SslStream, context.Features.GetRequiredFeature<TlsRecordPipe>());
        return new UpgradedStream(upgraded, tls);
    }

    // To Kestrel what the client sends is a body, of which this server takes little and not slowly.
    private static async Task<Stream> AcceptStreamAsync(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
        return await context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();
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
