namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>Slurm's words for the state of a job (squeue(1), "JOB STATE CODES"), in every version from 22.05 to 26.05.</summary>
internal enum SlurmJobState
{
    /// <summary>A word this build does not know: nothing may be concluded from it.</summary>
    Unknown,
    BootFail,
    Cancelled,
    Completed,
    Completing,
    Configuring,
    Deadline,
    Expediting,
    Failed,
    LaunchFailed,
    NodeFail,
    OutOfMemory,
    Pending,
    PowerUpNode,
    Preempted,
    ReconfigFail,
    Requeued,
    RequeueFed,
    RequeueHold,
    Resizing,
    ResvDelHold,
    Revoked,
    Running,
    Signaling,
    SpecialExit,
    StageOut,
    Stopped,
    Suspended,
    Timeout,
    UpdateDb,
}
