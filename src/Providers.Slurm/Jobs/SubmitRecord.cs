namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>
/// The agent's side of a pod: <c>submit.json</c>. Written before sbatch is first run (the intent), again with the job ID,
/// and when deletion is asked for. A directory without it was never finished, and nothing was submitted from it.
/// </summary>
internal sealed record SubmitRecord
{
    /// <summary>The layout this build reads and writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Layout of this file.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The virtual node that accepted the pod.</summary>
    public required string Node { get; init; }

    /// <summary>The cluster of that node; absent without an API server.</summary>
    public string? Cluster { get; init; }

    /// <summary>When the pod was accepted: its <c>startTime</c>.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The job; absent while none is known, though one may exist.</summary>
    public string? JobId { get; init; }

    /// <summary>When deletion was asked for.</summary>
    public DateTimeOffset? DeleteRequestedAt { get; init; }

    /// <summary>Grace of the deletion in seconds.</summary>
    public int? GracePeriodSeconds { get; init; }

    /// <summary>When the deletion was complete; from then on the directory only waits for its retention to pass.</summary>
    public DateTimeOffset? GoneAt { get; init; }
}
