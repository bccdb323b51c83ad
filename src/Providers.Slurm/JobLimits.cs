using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>Upper bounds; absent is no bound beyond Slurm's own.</summary>
public sealed record JobLimits
{
    /// <summary>Pods the node holds at once, 1 or more.</summary>
    public int Pods { get; init; } = 1000;

    /// <summary>CPUs of one pod.</summary>
    public Quantity? Cpu { get; init; }

    /// <summary>Memory of one pod in bytes.</summary>
    public Quantity? Memory { get; init; }

    /// <summary>Time limit of one pod.</summary>
    public TimeSpan? TimeLimit { get; init; }
}
