using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Runtimes;

/// <summary>Runs a container as a plain process of the job; the image is not looked at.</summary>
internal sealed class HostRuntime : IContainerRuntime
{
    /// <summary>The name in <see cref="PodPlan.Runtime"/>.</summary>
    public const string Name = "Host";

    public ContainerCommand Prepare(ContainerPlan container)
    {
        // Arguments alone would go to the image's entry point.
        if (container.Command.Count == 0)
        {
            throw new ContainerStartException("no command specified: the Host runtime has no image to take an entry point from");
        }

        return new([.. container.Command, .. container.Args], container.Environment, container.WorkingDirectory);
    }

    public ContainerCommand PrepareExec(ContainerPlan container, ContainerRunning running, IReadOnlyList<string> command) =>
        new(command, container.Environment, container.WorkingDirectory);

    /// <summary>The path itself, without a mount namespace: but the default is not the user's to write, and root's would be shared by all.</summary>
    public string? TerminationMessageFile(ContainerPlan container) =>
        container.TerminationMessagePath is { } path
        && Path.IsPathFullyQualified(path)
        && Path.GetFullPath(path) != ContainerPlan.DefaultTerminationMessagePath
            ? path
            : null;
}
