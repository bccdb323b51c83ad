using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Runtimes;

/// <summary>A way to run containers: turns one into a command line.</summary>
internal interface IContainerRuntime
{
    /// <summary>The command line of a container.</summary>
    /// <exception cref="ContainerStartException">This runtime cannot run it.</exception>
    ContainerCommand Prepare(ContainerPlan container);

    /// <summary>The command line that runs a command beside a running container, where the container sees what it sees.</summary>
    /// <param name="container">The container's plan.</param>
    /// <param name="running">The container's process.</param>
    /// <param name="command">Program and arguments.</param>
    ContainerCommand PrepareExec(ContainerPlan container, ContainerRunning running, IReadOnlyList<string> command);

    /// <summary>The file of this machine in which a container's termination message appears; null when there is none to look at.</summary>
    string? TerminationMessageFile(ContainerPlan container, PodDirectoryLayout layout);
}
