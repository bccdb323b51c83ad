using Microsoft.AspNetCore.Http;
using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubelet.Server.RemoteCommand;
using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Kubelet.Server.Sessions;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Attach;

/// <summary>
/// <c>/attach/{namespace}/{pod}[/{uid}]/{container}</c>. Whether there is a terminal, and whether input goes anywhere, is the container's to say
/// and not the client's: neither can be changed once a container runs.
/// </summary>
internal sealed class AttachHandler(IPodLister pods, IProvider provider, RemoteCommandRunner runner)
{
    public Task HandleAsync(HttpContext context, IReadOnlyList<string> parameters)
    {
        var (ns, name, container) = (parameters[0], parameters[1], parameters[^1]);
        var asked = RemoteCommandQuery.StreamsOf(RequestQuery.Of(context.Request));
        if (!asked.IsValid)
        {
            return TextResponse.WriteAsync(context, StatusCodes.Status400BadRequest, RemoteCommandQuery.NothingAsked);
        }

        if (pods.Find(ns, name) is not { } pod)
        {
            return TextResponse.WriteAsync(context, StatusCodes.Status404NotFound, "pod does not exist");
        }

        if (pod.Spec.AllContainers.FirstOrDefault(c => c.Name == container) is not { } spec || !ContainerStatuses.IsRunning(pod, container))
        {
            return TextResponse.WriteAsync(
                context, StatusCodes.Status500InternalServerError, $"container {container} not found in pod {name}_{ns}");
        }

        if (parameters.Count > 3 && parameters[2] != pod.Metadata.Uid)
        {
            return TextResponse.WriteAsync(context, StatusCodes.Status500InternalServerError, $"pod {name}_{ns} not found");
        }

        var target = new SessionTarget(SessionKind.Attach, SessionTarget.IdOf(pod), container);
        return runner.ServeAsync(context, target, asked with { Tty = spec.Tty == true }, Call(target, spec));
    }

    private RemoteCommandCall Call(SessionTarget target, Container spec)
    {
        var request = new AttachRequest { Workload = target.Workload, Container = target.Container! };
        return new("error attaching to container", RunAsync) { TakesInput = spec.Stdin == true };

        async Task<RemoteCommandStatus> RunAsync(ContainerStreams streams, CancellationToken cancellationToken)
        {
            await provider.AttachAsync(request, streams, cancellationToken);
            return RemoteCommandStatus.Success;
        }
    }
}
