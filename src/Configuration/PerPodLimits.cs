using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Configuration;

/// <summary>The most that one pod may ask; a pod that asks for more is refused; absent is no bound but Slurm's.</summary>
public sealed record PerPodLimits
{
    /// <summary>Cores.</summary>
    public Quantity? Cpu { get; init; }

    /// <summary>Bytes.</summary>
    public Quantity? Memory { get; init; }

    /// <summary>Time limit of the job.</summary>
    public TimeSpan? TimeLimit { get; init; }
}
