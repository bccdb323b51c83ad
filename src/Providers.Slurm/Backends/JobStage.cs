namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>What a job's state means for its pod.</summary>
internal enum JobStage
{
    /// <summary>Nothing may be concluded: keep what is known.</summary>
    Unknown,

    /// <summary>In the queue: nothing of the job runs.</summary>
    Waiting,

    /// <summary>Nodes are allocated: the shim may run.</summary>
    Active,

    /// <summary>Over: nothing of the job runs, or ever will.</summary>
    Ended,
}
