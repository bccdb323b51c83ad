using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Runtimes;

/// <summary>A way to run containers: turns one into a command line.</summary>
internal interface IContainerRuntime
{
    /// <summary>The command line of a container.</summary>
    /// <exception cref="ContainerStartException">This runtime cannot run it.</exception>
    ContainerCommand Prepare(ContainerPlan container);
}
