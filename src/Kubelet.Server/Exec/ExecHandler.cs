using Microsoft.AspNetCore.Http;
using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubelet.Server.RemoteCommand;
using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Kubelet.Server.Sessions;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Exec;

/// <summary>
/// <c>/exec/{namespace}/{pod}[/{uid}]/{container}</c>. The checks keep the kubelet's order; a wrong UID, which the kubelet does not look at,
/// is a pod that does not exist, so that nobody runs a command in the wrong pod of a name.
/// </summary>
internal sealed class ExecHandler(IPodLister pods, IProvider provider, RemoteCommandRunner runner)
{
    public Task HandleAsync(HttpContext context, IReadOnlyList<string> parameters)
    {
        var (ns, name, container) = (parameters[0], parameters[1], parameters[^1]);
        var query = RequestQuery.Of(context.Request);
        var streams = RemoteCommandQuery.StreamsOf(query);
        if (!streams.IsValid)
        {
            return TextResponse.WriteAsync(context, StatusCodes.Status400BadRequest, RemoteCommandQuery.NothingAsked);
        }

        if (pods.Find(ns, name) is not { } pod || (parameters.Count > 3 && parameters[2] != pod.Metadata.Uid))
        {
            return TextResponse.WriteAsync(context, StatusCodes.Status404NotFound, "pod does not exist");
        }

        if (!ContainerStatuses.IsRunning(pod, container))
        {
            return TextResponse.WriteAsync(
                context, StatusCodes.Status500InternalServerError, $"container not found ({GoText.Quote(container)})");
        }

        IReadOnlyList<string> command = [.. query.All("command")];
        if (command.Count == 0)
        {
            return TextResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "you must specify at least one command for the container");
        }

        var target = new SessionTarget(SessionKind.Exec, SessionTarget.IdOf(pod), container);
        var request = new ExecRequest { Workload = target.Workload, Container = container, Command = command, Tty = streams.Tty };
        return runner.ServeAsync(context, target, streams, Call(request));
    }

    private RemoteCommandCall Call(ExecRequest request) => new(
        "error executing command in container",
        async (streams, cancellationToken) => RemoteCommandStatus.Exited(await provider.ExecAsync(request, streams, cancellationToken)));
}
