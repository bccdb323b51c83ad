using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using VirtualKubelet.Host.Commands.Sessions;
using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Kubelet.Client.PortForward;

namespace VirtualKubelet.Host.Commands;

/// <summary><c>vk-slurm port-forward</c>: local ports that lead to a pod's, until Ctrl-C.</summary>
internal static class PortForwardCommand
{
    public static Command Create()
    {
        var pod = new Argument<PodName>("NAMESPACE/POD") { Description = "The pod.", CustomParser = result => PodName.Parse(result)! };
        var ports = new Argument<PortMapping[]>("[LOCAL:]REMOTE")
        {
            Description = "Port of the pod, after the local port if it is another; without a number before the colon, any free one.",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = PortMapping.Parse,
        };
        var address = new Option<IPAddress>("--address")
        {
            Description = "Local address to listen on. Whoever can reach it can reach the pod.",
            HelpName = "IP",
            DefaultValueFactory = _ => IPAddress.Loopback,
            CustomParser = result =>
            {
                if (IPAddress.TryParse(result.Tokens.Single().Value, out var parsed))
                {
                    return parsed;
                }

                result.AddError("--address takes an IP address such as 127.0.0.1");
                return null;
            },
        };
        var connection = new ConnectionOptions();
        var command = new Command("port-forward", "Let local ports lead to a pod's.") { pod, ports, address };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ClientErrors.RunAsync(
            async () =>
            {
                using var client = new KubeletClient(connection.Read(parsed));
                var (ns, name) = parsed.GetRequiredValue(pod);
                await using var forwarder = client.ForwardPorts(new PortForwardRequest(ns, name));

                // What would fail for every connection is better told before there is any.
                var target = new ContainerName(ns, name, Container: null);
                if (!await PodTrouble.ExplainAsync(client, target, () => forwarder.PrepareAsync(cancellationToken), cancellationToken))
                {
                    await PodTrouble.RequireRunningAsync(client, target, cancellationToken);
                }

                return await ForwardAsync(forwarder, parsed.GetRequiredValue(address), parsed.GetRequiredValue(ports), cancellationToken);
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> ForwardAsync(PortForwarder forwarder, IPAddress address, PortMapping[] mappings, CancellationToken cancellationToken)
    {
        var listeners = new List<PortForwardListener>();
        try
        {
            foreach (var mapping in mappings)
            {
                listeners.Add(Listen(forwarder, new IPEndPoint(address, mapping.Local), mapping.Remote));
            }

            foreach (var (listener, mapping) in listeners.Zip(mappings))
            {
                Console.WriteLine($"Forwarding from {listener.Local} -> {mapping.Remote}");
            }

            await Task.WhenAll(listeners.Select(listener => listener.RunAsync(cancellationToken)));
            return ExitCodes.Success;
        }
        finally
        {
            foreach (var listener in listeners)
            {
                await listener.DisposeAsync();
            }
        }
    }

    private static PortForwardListener Listen(PortForwarder forwarder, IPEndPoint local, int remote)
    {
        try
        {
            return new PortForwardListener(forwarder, local, remote, words => Console.Error.WriteLine($"error: {words}"));
        }
        catch (SocketException e)
        {
            throw new IOException($"cannot listen on {local}: {e.Message}", e);
        }
    }
}
