using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Configuration;

/// <summary>What is asked of Slurm for a pod that says nothing itself; absent leaves the choice to Slurm.</summary>
public sealed record PodDefaults
{
    /// <summary>Cores of a pod that asks for none.</summary>
    public Quantity? Cpu { get; init; }

    /// <summary>Bytes of a pod that asks for no memory.</summary>
    public Quantity? Memory { get; init; }

    /// <summary>Time limit of a pod that asks for none.</summary>
    public TimeSpan? TimeLimit { get; init; }
}
