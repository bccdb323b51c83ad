namespace VirtualKubelet.Shim.Protocol;

/// <summary>What the containers did: <c>state.json</c>, written by the shim only and always as a whole.</summary>
public sealed record PodState
{
    /// <summary>The layout this build reads and writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Layout of this file.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Grows by one with every write, so that a stale read (NFS) can be told from a new one.</summary>
    public required long Sequence { get; init; }

    /// <summary>UID of the pod; guards against a directory that was copied or reused.</summary>
    public required string Uid { get; init; }

    /// <summary>The job the shim runs in.</summary>
    public required string JobId { get; init; }

    /// <summary>The compute node the shim runs on, by Slurm's name for it.</summary>
    public required string Node { get; init; }

    /// <summary>Where the shim can be found on its node; absent once it has ended.</summary>
    public SupervisorLocation? Supervisor { get; init; }

    /// <summary>When the shim started, by the compute node's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the last container ended; present means that this is the last word and no container runs any more.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why the shim ended the pod before its containers did: <see cref="PodStopReasons"/>; absent when they ended by themselves.</summary>
    public string? Reason { get; init; }

    /// <summary>What <see cref="Reason"/> means here, for people.</summary>
    public string? Message { get; init; }

    /// <summary>States of the init containers in the order of the plan.</summary>
    public IReadOnlyList<ContainerState> InitContainers { get; init; } = [];

    /// <summary>States of the main containers in the order of the plan.</summary>
    public required IReadOnlyList<ContainerState> Containers { get; init; }
}
