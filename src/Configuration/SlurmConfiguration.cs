namespace VirtualKubelet.Configuration;

/// <summary>How jobs are submitted and watched; an absent word leaves the choice to Slurm.</summary>
public sealed record SlurmConfiguration
{
    /// <summary>Partition of every job (<c>--partition</c>).</summary>
    public string? Partition { get; init; }

    /// <summary>Account of every job (<c>--account</c>).</summary>
    public string? Account { get; init; }

    /// <summary>Quality of service of every job (<c>--qos</c>).</summary>
    public string? Qos { get; init; }

    /// <summary>Node features of every job (<c>--constraint</c>).</summary>
    public string? Constraint { get; init; }

    /// <summary>Reservation of every job (<c>--reservation</c>).</summary>
    public string? Reservation { get; init; }

    /// <summary>Absolute path of the directory that holds sbatch and its siblings; absent means PATH.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>Absolute path given to Slurm's commands as <c>SLURM_CONF</c>; absent means the agent's own environment.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Deadline of each call of a Slurm command.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two looks at all jobs: one squeue each, however many pods there are.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a job may be missing from squeue, or its result from the file system, before its pod counts as lost.</summary>
    public TimeSpan LostJobGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>sbatch commands at once.</summary>
    public int MaxConcurrentSubmits { get; init; } = 4;

    /// <summary>The typed annotations a pod may carry; none by default, and a pod that carries another is refused.</summary>
    public IReadOnlyList<AllowedAnnotation> AllowedAnnotations { get; init; } = [];

    /// <summary>sbatch flags a pod may name in its <c>flags</c> annotation, such as <c>--nice</c>, each with any value; none by default.</summary>
    public IReadOnlyList<string> AllowedFlags { get; init; } = [];
}
