using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Runtimes;

/// <summary>The command line that runs a container.</summary>
/// <param name="Arguments">Program and arguments; at least the program.</param>
/// <param name="Environment">Variables set on top of the job's own, in order.</param>
/// <param name="WorkingDirectory">Where it starts; null leaves it where the job is.</param>
internal sealed record ContainerCommand(
    IReadOnlyList<string> Arguments,
    IReadOnlyList<EnvironmentVariable> Environment,
    string? WorkingDirectory)
{
    /// <summary>The container whose volumes the process is to see; null for none.</summary>
    public string? Container { get; init; }
}
