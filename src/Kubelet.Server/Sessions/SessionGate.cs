using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Hosting;
using VirtualKubelet.Kubelet.Server.Upgrades;
using VirtualKubelet.Kubelet.Streaming.Upgrades;

namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>
/// The last checks of exec, attach and port-forward, once their target is known to be there, and the upgrade itself. After the 101 a failure
/// can be told within the session only.
/// </summary>
internal sealed class SessionGate(Slots slots, SessionStop stop, TimeProvider time, ILogger<SessionGate> logger)
{
    /// <summary>Upgrades the connection; null when the request has been answered instead.</summary>
    /// <param name="context">The request.</param>
    /// <param name="target">What the session is about.</param>
    /// <param name="spdy">Protocols served over SPDY.</param>
    /// <param name="webSocket">Protocols served over WebSocket.</param>
    public async Task<Session?> OpenAsync(
        HttpContext context, SessionTarget target, IReadOnlyList<string> spdy, IReadOnlyList<string> webSocket)
    {
        if (!ConnectionUpgrade.IsPossible(context))
        {
            await TextResponse.WriteLineAsync(context, StatusCodes.Status500InternalServerError, "Upgrade request required");
            return null;
        }

        var request = UpgradeRequests.Of(context.Request);
        var answer = request.IsWebSocket ? WebSocketUpgrade.Negotiate(request, webSocket) : SpdyUpgrade.Negotiate(request, spdy);
        if (!answer.IsAccepted)
        {
            await ConnectionUpgrade.RefuseAsync(context, answer);
            return null;
        }

        return await TakeSlotAsync(context) is { } slot ? await UpgradeAsync(context, target, slot, answer, request.IsWebSocket) : null;
    }

    /// <summary>A slot for the session; null when the request has been refused instead.</summary>
    private async Task<IDisposable?> TakeSlotAsync(HttpContext context)
    {
        if (stop.Stopping.IsCancellationRequested)
        {
            await TextResponse.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "the node agent is stopping");
            return null;
        }

        var slot = slots.TryTake();
        if (slot is null)
        {
            context.Response.Headers.RetryAfter = "60";
            await TextResponse.WriteAsync(
                context, StatusCodes.Status429TooManyRequests, "too many exec, attach and port-forward sessions are open on this node; try again later");
        }

        return slot;
    }

    private async Task<Session> UpgradeAsync(HttpContext context, SessionTarget target, IDisposable slot, UpgradeAnswer answer, bool isWebSocket)
    {
        var session = new Session(target, slot, context.Features.Get<User>()?.Name ?? "", time, logger);
        try
        {
            session.Start(await ConnectionUpgrade.AcceptAsync(context, answer), answer.Protocol, isWebSocket, ConnectionUpgrade.ClosedOf(context));
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
