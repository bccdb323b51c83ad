using System.CommandLine;
using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Host.Commands;

/// <summary><c>vk-slurm pods</c>: lists an agent's pods, as <c>kubectl get pods</c> would.</summary>
internal static class PodsCommand
{
    public static Command Create()
    {
        var connection = new ConnectionOptions();
        var command = new Command("pods", "List the agent's pods.");
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ClientErrors.RunAsync(
            async () =>
            {
                using var client = new KubeletClient(connection.Read(parsed));
                var pods = await PodListing.ReadAsync(client, cancellationToken);
                Table.Write(Console.Out, ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "MESSAGE"], [.. pods.Select(Row)]);
                return ExitCodes.Success;
            },
            cancellationToken));
        return command;
    }

    private static string[] Row(Pod pod)
    {
        var statuses = pod.Status?.ContainerStatuses ?? [];
        return
        [
            pod.Metadata.Namespace ?? "",
            pod.Metadata.Name ?? "",
            $"{statuses.Count(s => s.Ready)}/{pod.Spec.Containers?.Count ?? 0}",
            Status(pod.Status, statuses),
            $"{statuses.Sum(s => s.RestartCount)}",
            pod.Status?.Message ?? statuses.Select(s => s.State?.Waiting?.Message).FirstOrDefault(m => m is not null) ?? "",
        ];
    }

    // kubectl's rule: the pod's reason, else the first container's that has one, else the phase. A pod of which
    // some containers have completed while others run is Running, or NotReady.
    private static string Status(PodStatus? status, IReadOnlyList<ContainerStatus> containers)
    {
        var reason = status?.Reason ?? containers.Select(c => c.State?.Waiting?.Reason ?? c.State?.Terminated?.Reason).FirstOrDefault(r => r is not null);
        if (reason == "Completed" && containers.Any(c => c.State?.Running is not null))
        {
            return status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true ? PodPhases.Running : "NotReady";
        }

        return reason ?? status?.Phase ?? "Unknown";
    }
}
