namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>One job as the backend reports it.</summary>
internal sealed record JobRecord
{
    /// <summary>The job ID.</summary>
    public required string JobId { get; init; }

    /// <summary>UID of the pod the job carries.</summary>
    public required string Uid { get; init; }

    /// <summary>Its comment names this very node as its owner; not known where a site replaces comments.</summary>
    public bool IsOurs { get; init; }

    /// <summary>The state.</summary>
    public required SlurmJobState State { get; init; }

    /// <summary>The state in Slurm's own word.</summary>
    public required string StateWord { get; init; }

    /// <summary>Why the job waits or ended, in Slurm's own word; absent for <c>None</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>When the job started, or is expected to.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When the job ended.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>The nodes it runs on.</summary>
    public string? Nodes { get; init; }

    /// <summary>Exit code of the batch script, absent where the backend does not say.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal that ended the batch script.</summary>
    public int? Signal { get; init; }

    /// <summary>Who cancelled it, by user name or UID, where the backend says so.</summary>
    public string? CancelledBy { get; init; }

    /// <summary>Whether the job can be one of a pod accepted at a moment; Slurm tells whole seconds.</summary>
    public bool IsAfter(DateTimeOffset acceptedAt) => !(Stage == JobStage.Ended && EndTime < acceptedAt.AddSeconds(-1));

    /// <summary>What the state means for the pod.</summary>
    public JobStage Stage => SlurmJobStates.StageOf(State);
}
