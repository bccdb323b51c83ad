using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Live state of one workload. The monitor's loop owns what it observed; the record changes under a lock of its own.</summary>
internal sealed class JobEntry
{
    private readonly Lock _recordGate = new();
    private readonly TaskCompletionSource _deletionRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SubmitRecord _record;
    private volatile WorkloadStatus _status;

    public JobEntry(PodDirectoryLayout layout, PodOutline outline, SubmitRecord record, WorkloadStatus status)
    {
        Layout = layout;
        Outline = outline;
        ShimState = new ShimStateFile(layout, outline.Id.Uid);
        _record = record;
        _status = status;
    }

    public WorkloadId Id => Outline.Id;

    public PodDirectoryLayout Layout { get; }

    public PodOutline Outline { get; }

    public ShimStateFile ShimState { get; }

    /// <summary>What is on disk in submit.json.</summary>
    public SubmitRecord Record => _record;

    /// <summary>What was last reported.</summary>
    public WorkloadStatus Status
    {
        get => _status;
        set => _status = value;
    }

    /// <summary>An sbatch may have made a job that nobody recorded: look before submitting.</summary>
    public bool NeedsLookup { get; set; }

    /// <summary>Why there is no job yet, for the containers' waiting state.</summary>
    public SubmitDelay? Delay { get; set; }

    /// <summary>Attempts to submit that failed in a row.</summary>
    public int FailedSubmits { get; set; }

    /// <summary>When the job ID became known to this process; an older answer of squeue says nothing about the job.</summary>
    public DateTimeOffset SubmittedAt { get; set; }

    /// <summary>Completes when deletion is asked for.</summary>
    public Task DeletionRequested => _deletionRequested.Task;

    /// <summary>What Slurm last said of the job.</summary>
    public JobRecord? Job { get; set; }

    /// <summary>Since when the job has been missing from squeue, or the shim's last word from the disk.</summary>
    public DateTimeOffset? MissingSince { get; set; }

    /// <summary>When the shim was last told to stop.</summary>
    public DateTimeOffset? TerminatedAt { get; set; }

    /// <summary>The status is final: nothing of the job runs any more.</summary>
    public bool IsFinal { get; set; }

    /// <summary>Whether a run of a container has ended, so that its log is complete.</summary>
    public bool HasEnded(string container, int run)
    {
        if (IsFinal)
        {
            return true;
        }

        var state = ShimState.Refresh();
        var found = state?.InitContainers.Concat(state.Containers).FirstOrDefault(c => c.Name == container);
        return found is not null && (found.RestartCount > run || found.Terminated is not null || found.Waiting is not null && found.LastTerminated is not null);
    }

    /// <summary>Lets those that wait for something else know that the pod is being deleted.</summary>
    public void SignalDeletion() => _deletionRequested.TrySetResult();

    /// <summary>Changes the record on disk, then in memory.</summary>
    /// <exception cref="IOException">The directory cannot be written; nothing has changed.</exception>
    public void ChangeRecord(Func<SubmitRecord, SubmitRecord> change)
    {
        lock (_recordGate)
        {
            var changed = change(_record);
            if (changed != _record)
            {
                PodDirectories.Save(Layout, changed);
                _record = changed;
            }
        }
    }
}
