using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers;

/// <summary>Where a workload stands.</summary>
public sealed record WorkloadStatus
{
    /// <summary>The workload's identity.</summary>
    public required WorkloadId Id { get; init; }

    /// <summary>Phase, reason, times and container statuses; conditions are left to those who talk to the API server.</summary>
    public required PodStatus Status { get; init; }

    /// <summary>The backend's name for what runs it, such as Slurm's job ID; absent until there is one.</summary>
    public string? JobId { get; init; }

    /// <summary>Deletion was asked for and nothing of the workload runs any more: the provider has forgotten it.</summary>
    public bool Gone { get; init; }
}
