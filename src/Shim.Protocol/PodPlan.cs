namespace VirtualKubelet.Shim.Protocol;

/// <summary>What the shim runs: <c>pod.json</c>, written once by the agent before the job is submitted.</summary>
public sealed record PodPlan
{
    /// <summary>The layout this build reads and writes; a shim refuses any other.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Layout of this file.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The pod's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The pod's name.</summary>
    public required string Name { get; init; }

    /// <summary>The pod's UID.</summary>
    public required string Uid { get; init; }

    /// <summary>How containers are started; a name the shim knows, such as <c>Host</c>.</summary>
    public required string Runtime { get; init; }

    /// <summary>What happens when a main container exits.</summary>
    public required RestartPolicy RestartPolicy { get; init; }

    /// <summary>Seconds between SIGTERM and SIGKILL when no <see cref="StopRequest"/> says otherwise; at least 1.</summary>
    public required int TerminationGracePeriodSeconds { get; init; }

    /// <summary>Seconds the pod may be active, counted from the start of the shim; absent is no bound.</summary>
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>The job's time limit in seconds where the agent chose it; absent when Slurm's own default is in force.</summary>
    public long? TimeLimitSeconds { get; init; }

    /// <summary>Init containers, run one after the other before the others start.</summary>
    public IReadOnlyList<ContainerPlan> InitContainers { get; init; } = [];

    /// <summary>Main containers, run side by side.</summary>
    public required IReadOnlyList<ContainerPlan> Containers { get; init; }
}
