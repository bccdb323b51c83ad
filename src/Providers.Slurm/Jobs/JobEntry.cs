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
    private volatile SubmitDelay? _delay;
    private volatile JobRecord? _job;
    private volatile bool _isFinal;

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

    /// <summary>Timestamp since when no sbatch of an earlier attempt has been alive; absent while one is, or none was made.</summary>
    public long? QuietSince { get; set; }

    /// <summary>Why there is no job yet, for the containers' waiting state.</summary>
    public SubmitDelay? Delay
    {
        get => _delay;
        set => _delay = value;
    }

    /// <summary>Attempts to submit that failed in a row.</summary>
    public int FailedSubmits { get; set; }

    /// <summary>Timestamp of when the job ID became known to this process; an older answer of squeue says nothing about the job.</summary>
    public long SubmittedAt { get; set; }

    /// <summary>Completes when deletion is asked for.</summary>
    public Task DeletionRequested => _deletionRequested.Task;

    /// <summary>What Slurm last said of the job.</summary>
    public JobRecord? Job
    {
        get => _job;
        set => _job = value;
    }

    /// <summary>Timestamp since when the job has been missing from squeue, or the shim's last word from the disk.</summary>
    public long? MissingSince { get; set; }

    /// <summary>What the last status was made of.</summary>
    public JobObservation? Reconciled { get; set; }

    /// <summary>The last look at the directory failed, and that was logged.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>The status is final: nothing of the job runs any more.</summary>
    public bool IsFinal
    {
        get => _isFinal;
        set => _isFinal = value;
    }

    /// <summary>Orders the reports of this workload: submitter, monitor and terminator all make some.</summary>
    public Lock ReportGate { get; } = new();

    /// <summary>Orders refreshes of this workload's volumes, and their removal.</summary>
    public SemaphoreSlim VolumesTurn { get; } = new(1);

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
                Save(changed);
                _record = changed;
            }
        }
    }

    private void Save(SubmitRecord record)
    {
        try
        {
            PodDirectories.Save(Layout, record);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody removed the directory. The job may well run, and must still be followed and deleted.
        }
    }
}
