using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>What a job gets when its pod says nothing; absent leaves it to Slurm.</summary>
public sealed record JobDefaults
{
    /// <summary>The partition; also the one whose nodes make up the capacity.</summary>
    public string? Partition { get; init; }

    /// <summary>The account.</summary>
    public string? Account { get; init; }

    /// <summary>The quality of service.</summary>
    public string? Qos { get; init; }

    /// <summary>Required node features.</summary>
    public string? Constraint { get; init; }

    /// <summary>The reservation.</summary>
    public string? Reservation { get; init; }

    /// <summary>CPUs.</summary>
    public Quantity? Cpu { get; init; }

    /// <summary>Memory in bytes.</summary>
    public Quantity? Memory { get; init; }

    /// <summary>The time limit.</summary>
    public TimeSpan? TimeLimit { get; init; }
}
