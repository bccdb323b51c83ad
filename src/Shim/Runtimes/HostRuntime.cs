using VirtualKubelet.Shim.Mounts;
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

        return PrepareExec(container, [.. container.Command, .. container.Args]);
    }

    /// <summary>In a mount namespace of its own: the same volumes at the same places are the same view.</summary>
    public ContainerCommand PrepareExec(ContainerPlan container, ContainerRunning running, IReadOnlyList<string> command) => PrepareExec(container, command);

    /// <summary>The path itself where no volume is mounted: but the default is not the user's to write, and root's would be shared by all.</summary>
    public string? TerminationMessageFile(ContainerPlan container, PodDirectoryLayout layout) =>
        container.TerminationMessagePath is { } path
        && Path.IsPathFullyQualified(path)
        && Path.GetFullPath(path) != ContainerPlan.DefaultTerminationMessagePath
            ? MountedPath.Of(container, Path.GetFullPath(path), layout)
            : null;

    private static ContainerCommand PrepareExec(ContainerPlan container, IReadOnlyList<string> command) =>
        new(command, container.Environment, container.WorkingDirectory) { Container = container.Mounts.Count > 0 ? container.Name : null };
}
