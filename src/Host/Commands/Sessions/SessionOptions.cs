using System.CommandLine;
using VirtualKubelet.Kubelet.Client;

namespace VirtualKubelet.Host.Commands.Sessions;

/// <summary>What exec and attach have in common on the command line.</summary>
internal sealed class SessionOptions
{
    public Argument<PodName> Pod { get; } = new("NAMESPACE/POD") { Description = "The pod.", CustomParser = result => PodName.Parse(result)! };

    public Option<string?> Container { get; } = new("--container", "-c") { Description = "The container; by default the pod's first.", HelpName = "NAME" };

    public Option<bool> Stdin { get; } = new("--stdin", "-i") { Description = "Pass on standard input." };

    public Option<bool> Tty { get; } = new("--tty", "-t") { Description = "With a terminal; with -i it is this one." };

    public ConnectionOptions Connection { get; } = new();

    public void AddTo(Command command)
    {
        command.Add(Pod);
        command.Add(Container);
        command.Add(Stdin);
        command.Add(Tty);
        Connection.AddTo(command);
    }

    /// <summary>The container that is meant.</summary>
    public async Task<ContainerName> ReadAsync(KubeletClient client, ParseResult parsed, CancellationToken cancellationToken)
    {
        var (ns, pod) = parsed.GetRequiredValue(Pod);
        return new ContainerName(ns, pod, parsed.GetValue(Container) ?? await DefaultContainer.FindAsync(client, ns, pod, cancellationToken));
    }
}
