using System.Collections.Frozen;

namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>Reads Slurm's state words, compact and long.</summary>
internal static class SlurmJobStates
{
    private static readonly (string Compact, string Long, SlurmJobState State, JobStage Stage)[] Table =
    [
        ("BF", "BOOT_FAIL", SlurmJobState.BootFail, JobStage.Ended),
        ("CA", "CANCELLED", SlurmJobState.Cancelled, JobStage.Ended),
        ("CD", "COMPLETED", SlurmJobState.Completed, JobStage.Ended),
        ("CF", "CONFIGURING", SlurmJobState.Configuring, JobStage.Waiting),
        ("CG", "COMPLETING", SlurmJobState.Completing, JobStage.Active),
        ("DL", "DEADLINE", SlurmJobState.Deadline, JobStage.Ended),
        ("EX", "EXPEDITING", SlurmJobState.Expediting, JobStage.Waiting),
        ("F", "FAILED", SlurmJobState.Failed, JobStage.Ended),
        ("LF", "LAUNCH_FAILED", SlurmJobState.LaunchFailed, JobStage.Ended),
        ("NF", "NODE_FAIL", SlurmJobState.NodeFail, JobStage.Ended),
        ("OOM", "OUT_OF_MEMORY", SlurmJobState.OutOfMemory, JobStage.Ended),
        ("PD", "PENDING", SlurmJobState.Pending, JobStage.Waiting),
        ("PO", "POWER_UP_NODE", SlurmJobState.PowerUpNode, JobStage.Waiting),
        ("PR", "PREEMPTED", SlurmJobState.Preempted, JobStage.Ended),
        ("R", "RUNNING", SlurmJobState.Running, JobStage.Active),
        ("RD", "RESV_DEL_HOLD", SlurmJobState.ResvDelHold, JobStage.Waiting),
        ("RC", "RECONFIG_FAIL", SlurmJobState.ReconfigFail, JobStage.Ended),
        ("RF", "REQUEUE_FED", SlurmJobState.RequeueFed, JobStage.Waiting),
        ("RH", "REQUEUE_HOLD", SlurmJobState.RequeueHold, JobStage.Waiting),
        ("RQ", "REQUEUED", SlurmJobState.Requeued, JobStage.Waiting),
        ("RS", "RESIZING", SlurmJobState.Resizing, JobStage.Active),
        ("RV", "REVOKED", SlurmJobState.Revoked, JobStage.Ended),
        ("S", "SUSPENDED", SlurmJobState.Suspended, JobStage.Active),
        ("SE", "SPECIAL_EXIT", SlurmJobState.SpecialExit, JobStage.Waiting),
        ("SI", "SIGNALING", SlurmJobState.Signaling, JobStage.Active),
        ("SO", "STAGE_OUT", SlurmJobState.StageOut, JobStage.Active),
        ("ST", "STOPPED", SlurmJobState.Stopped, JobStage.Active),
        ("TO", "TIMEOUT", SlurmJobState.Timeout, JobStage.Ended),
        ("UD", "UPDATE_DB", SlurmJobState.UpdateDb, JobStage.Active),
    ];

    private static readonly FrozenDictionary<string, SlurmJobState> Words = Table
        .SelectMany(row => new[] { (Word: row.Compact, row.State), (Word: row.Long, row.State) })
        .ToFrozenDictionary(row => row.Word, row => row.State, StringComparer.Ordinal);

    private static readonly FrozenDictionary<SlurmJobState, JobStage> Stages =
        Table.ToFrozenDictionary(row => row.State, row => row.Stage);

    /// <summary>
    /// Reads one word as squeue or sacct prints it. sacct appends <c>by UID</c> to CANCELLED, and <c>+</c> where it cut a word.
    /// Matching is by whole words: <c>CF</c> is not an <c>F</c>, and <c>RQ</c> not an <c>R</c>.
    /// </summary>
    public static SlurmJobState Parse(ReadOnlySpan<char> word)
    {
        word = word.Trim();
        var end = word.IndexOf(' ');
        return Words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(end < 0 ? word : word[..end], out var state)
            ? state
            : SlurmJobState.Unknown;
    }

    /// <summary>What a state means for the pod.</summary>
    public static JobStage StageOf(SlurmJobState state) => Stages.GetValueOrDefault(state, JobStage.Unknown);
}
