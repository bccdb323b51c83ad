using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Kubelet.Server.Sessions;
using VirtualKubelet.Kubelet.Server.Upgrades;
using VirtualKubelet.Kubelet.Streaming;
using VirtualKubelet.Kubelet.Streaming.PortForward;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.PortForward;

/// <summary><c>/portForward/{namespace}/{pod}[/{uid}]</c>: over SPDY, over WebSocket channels, and over SPDY tunnelled in a WebSocket.</summary>
internal sealed class PortForwardHandler(
    IPodLister pods, IProvider provider, SessionGate gate, SessionStop stop, StreamingOptions options, TimeProvider time, ILogger<PortForwardHandler> logger)
{
    public async Task HandleAsync(HttpContext context, IReadOnlyList<string> parameters)
    {
        var (ns, name) = (parameters[0], parameters[1]);
        var request = UpgradeRequests.Of(context.Request);
        var isTunnel = request.IsWebSocket && PortForwardProtocols.IsTunnel(request.WebSocketProtocols);
        IReadOnlyList<int> ports = [];
        if (request.IsWebSocket && !isTunnel)
        {
            if (!ForwardedPorts.TryParse([.. RequestQuery.Of(context.Request).All("port")], out var asked, out var error))
            {
                await TextResponse.WriteAsync(context, StatusCodes.Status400BadRequest, error);
                return;
            }

            ports = asked;
        }

        if (pods.Find(ns, name) is not { } pod)
        {
            await TextResponse.WriteAsync(context, StatusCodes.Status404NotFound, "pod does not exist");
        }
        else if (parameters.Count > 2 && parameters[2] != pod.Metadata.Uid)
        {
            await TextResponse.WriteAsync(context, StatusCodes.Status404NotFound, "pod not found");
        }
        else if (!IsUp(pod))
        {
            await TextResponse.WriteAsync(
                context, StatusCodes.Status500InternalServerError, $"pod not found ({GoText.Quote($"{name}_{ns}")})");
        }
        else
        {
            await ServeAsync(context, new SessionTarget(SessionKind.PortForward, SessionTarget.IdOf(pod)), isTunnel, ports);
        }
    }

    /// <summary>Whether there is something to forward to: the kubelet asks for the pod's sandbox, which outlives its containers' restarts.</summary>
    private static bool IsUp(Pod pod) => pod.Status?.Phase == PodPhases.Running || ContainerStatuses.Running(pod).Any();

    private async Task ServeAsync(HttpContext context, SessionTarget target, bool isTunnel, IReadOnlyList<int> ports)
    {
        using var session = await gate.OpenAsync(
            context, target, PortForwardProtocols.Spdy, isTunnel ? PortForwardProtocols.Tunnel : PortForwardProtocols.WebSocket);
        if (session is null)
        {
            return;
        }

        var uid = target.Workload.Uid;
        var server = new PortForwardServer((port, token) => ConnectAsync(target, port, token), new PortForwardPod(uid, uid), options, time);
        await (isTunnel ? server.RunTunnelAsync(session.Transport, stop.Stopping)
            : session.IsWebSocket ? server.RunWebSocketAsync(session.Transport, session.Protocol, ports, stop.Stopping)
            : server.RunSpdyAsync(session.Transport, stop.Stopping));
        session.Result = stop.Stopping.IsCancellationRequested ? SessionResult.Stopped : SessionResult.Completed;
    }

    /// <summary>Connects, or throws what the client may read.</summary>
    private async ValueTask<IDuplexPipe> ConnectAsync(SessionTarget target, int port, CancellationToken cancellationToken)
    {
        try
        {
            return await provider.ConnectAsync(target.Workload, port, cancellationToken);
        }
        catch (ProviderException e)
        {
            SessionLog.Refused(logger, target, e.Message);
            throw;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            SessionLog.Failed(logger, target, e);
            throw new ProviderException(ProviderErrorKind.Unavailable, "the agent's log has the reason", e);
        }
    }
}
