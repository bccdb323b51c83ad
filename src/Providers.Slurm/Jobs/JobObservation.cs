using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Everything that is known of a workload at one moment: what a status is made of.</summary>
/// <param name="Outline">Its containers.</param>
/// <param name="Record">The agent's record.</param>
/// <param name="Delay">Why there is no job yet.</param>
/// <param name="Job">What Slurm says; absent while there is no job.</param>
/// <param name="Shim">What the shim says; absent while it has not reported.</param>
/// <param name="IsMissing">Slurm answers, but does not know the job any more.</param>
/// <param name="IsLost">The job, or the shim's last word, has been missing for too long.</param>
internal sealed record JobObservation(
    PodOutline Outline, SubmitRecord Record, SubmitDelay? Delay, JobRecord? Job, PodState? Shim, bool IsMissing, bool IsLost)
{
    /// <summary>The words with which Slurm killed the job for its memory, where its state does not say so.</summary>
    public string? MemoryComplaint { get; init; }

    /// <summary>Its init containers; where the plan was lost, those the shim tells of.</summary>
    public IReadOnlyList<ContainerOutline> InitContainers => Outline.Containers.Count > 0 ? Outline.InitContainers : Told(Shim?.InitContainers);

    /// <summary>Its main containers; where the plan was lost, those the shim tells of.</summary>
    public IReadOnlyList<ContainerOutline> Containers => Outline.Containers.Count > 0 ? Outline.Containers : Told(Shim?.Containers);

    /// <summary>The shim has said its last word: all containers ended, their logs are complete.</summary>
    public bool ShimIsComplete => Shim?.FinishedAt is not null;

    /// <summary>
    /// The job ended in a way that proves nothing before the shim's last word, which may still be on its way (NFS): Slurm calls
    /// it completed, or failed as it does when a container failed.
    /// </summary>
    public bool LacksProof => !ShimIsComplete && MemoryComplaint is null && (Job?.State == SlurmJobState.Completed || (Job?.State == SlurmJobState.Failed && Shim is not null));

    /// <summary>What the job's state means for the pod.</summary>
    public JobStage Stage => Job?.Stage ?? (IsLost || (IsMissing && ShimIsComplete) ? JobStage.Ended : JobStage.Waiting);

    /// <summary>The job ID, from whoever knows it.</summary>
    public string? JobId => Record.JobId ?? Job?.JobId ?? Shim?.JobId;

    private static ContainerOutline[] Told(IReadOnlyList<ContainerState>? states) => [.. (states ?? []).Select(s => new ContainerOutline(s.Name, ""))];
}
