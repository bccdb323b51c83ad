namespace VirtualKubelet.Configuration;

/// <summary>How containers are started inside a job.</summary>
public sealed record RuntimeConfiguration
{
    /// <summary>The way a container becomes a process.</summary>
    public RuntimeName Name { get; init; } = RuntimeName.Host;

    /// <summary>Absolute path of <c>vk-slurm-shim</c> as the compute nodes see it; absent means beside the agent's own executable.</summary>
    public string? ShimPath { get; init; }
}
