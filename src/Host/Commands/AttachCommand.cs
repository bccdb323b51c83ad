using System.CommandLine;
using VirtualKubelet.Host.Commands.Sessions;
using VirtualKubelet.Kubelet.Client;

namespace VirtualKubelet.Host.Commands;

/// <summary><c>vk-slurm attach</c>: joins the streams of a running container.</summary>
internal static class AttachCommand
{
    public static Command Create()
    {
        var options = new SessionOptions();
        var command = new Command("attach", "Join the streams of a running container.");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ClientErrors.RunAsync(
            async () =>
            {
                using var client = new KubeletClient(options.Connection.Read(parsed));
                var target = await options.ReadAsync(client, parsed, cancellationToken);
                var request = new AttachRequest(target.Namespace, target.Pod, target.Container!)
                {
                    Stdin = parsed.GetValue(options.Stdin),
                    Tty = parsed.GetValue(options.Tty) && await HasTtyAsync(client, target, cancellationToken),
                };
                await using var session = await PodTrouble.ExplainAsync(
                    client, target, () => client.AttachAsync(request, cancellationToken), cancellationToken);
                return await new LocalStreams(session, request.Tty).RunAsync(cancellationToken);
            },
            cancellationToken));
        return command;
    }

    /// <summary>A container's terminal is declared with it; to hand ours over to one that has none would leave us without echo and Ctrl-C.</summary>
    private static async Task<bool> HasTtyAsync(KubeletClient client, ContainerName target, CancellationToken cancellationToken)
    {
        var pods = await PodListing.ReadAsync(client, cancellationToken);
        var container = pods.FirstOrDefault(p => p.Metadata.Namespace == target.Namespace && p.Metadata.Name == target.Pod)?
            .Spec.Containers?.FirstOrDefault(c => c.Name == target.Container);
        if (container is { Tty: not true })
        {
            await Console.Error.WriteLineAsync($"warning: container {target.Container} was declared without a terminal");
        }

        return container?.Tty ?? false;
    }
}
