namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>
/// One batch job, between Kubernetes' world and Slurm's: every value is checked and in Slurm's units.
/// </summary>
internal sealed record JobRequest
{
    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>The job's comment: whose it is.</summary>
    public required string Comment { get; init; }

    /// <summary>Absolute path for the output of script and shim.</summary>
    public required string Output { get; init; }

    /// <summary>Absolute path the job starts in.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Path of the shim.</summary>
    public required string ShimPath { get; init; }

    /// <summary>The pod directory.</summary>
    public required string PodDirectory { get; init; }

    /// <summary>The partition.</summary>
    public string? Partition { get; init; }

    /// <summary>The account.</summary>
    public string? Account { get; init; }

    /// <summary>The quality of service.</summary>
    public string? Qos { get; init; }

    /// <summary>Required node features.</summary>
    public string? Constraint { get; init; }

    /// <summary>The reservation.</summary>
    public string? Reservation { get; init; }

    /// <summary>Nodes; the shim and the containers run on the first, from where srun reaches the others.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Tasks for srun to start inside the job.</summary>
    public int Tasks { get; init; } = 1;

    /// <summary>Jobs to wait for.</summary>
    public string? Dependency { get; init; }

    /// <summary>Licenses.</summary>
    public string? Licenses { get; init; }

    /// <summary>CPUs, 1 or more; absent leaves it to Slurm.</summary>
    public long? Cpus { get; init; }

    /// <summary>Memory in MiB, 1 or more (0 would mean all of the node's to Slurm).</summary>
    public long? MemoryMiB { get; init; }

    /// <summary>Generic resources, such as <c>gpu:2</c>.</summary>
    public IReadOnlyList<string> Gres { get; init; } = [];

    /// <summary>The time limit in whole minutes.</summary>
    public long? TimeLimitMinutes { get; init; }

    /// <summary>Whether the job has its nodes to itself.</summary>
    public bool Exclusive { get; init; }

    /// <summary>How many seconds before the time limit the shim is told.</summary>
    public required int SignalLeadSeconds { get; init; }

    /// <summary>Further options, each complete and allowed by the site.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];
}
