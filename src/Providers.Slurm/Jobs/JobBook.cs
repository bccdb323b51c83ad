using System.Collections.Concurrent;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>All workloads the provider knows, by UID, and the feed of their statuses.</summary>
internal sealed class JobBook
{
    private readonly ConcurrentDictionary<string, JobEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>The feed.</summary>
    public StatusFeed Feed { get; } = new();

    /// <summary>Every entry at this moment.</summary>
    public IReadOnlyCollection<JobEntry> Entries => (IReadOnlyCollection<JobEntry>)_entries.Values;

    /// <summary>How many workloads are known.</summary>
    public int Count => _entries.Count;

    /// <summary>Looks a workload up.</summary>
    public JobEntry? Find(string uid) => _entries.GetValueOrDefault(uid);

    /// <summary>Looks a workload up.</summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.NotFound"/>.</exception>
    public JobEntry Get(WorkloadId id) =>
        Find(id.Uid) ?? throw new ProviderException(ProviderErrorKind.NotFound, $"workload {id} is not known");

    /// <summary>Adds a workload; false when its UID is known already.</summary>
    public bool TryAdd(JobEntry entry)
    {
        if (!_entries.TryAdd(entry.Id.Uid, entry))
        {
            return false;
        }

        SlurmMetrics.WorkloadAdded();
        lock (entry.ReportGate)
        {
            Feed.Publish(entry.Status);
        }

        return true;
    }

    /// <summary>Reports a status when it differs from the last one; nothing follows a final one.</summary>
    public void Report(JobEntry entry, WorkloadStatus status)
    {
        lock (entry.ReportGate)
        {
            if (!entry.IsFinal && !StatusEquality.Same(entry.Status, status))
            {
                entry.Status = status;
                Feed.Publish(status);
            }
        }
    }

    /// <summary>Reports the last status of a workload.</summary>
    /// <exception cref="IOException">It cannot be kept; nothing has changed.</exception>
    public void Finish(JobEntry entry, WorkloadStatus status)
    {
        lock (entry.ReportGate)
        {
            if (entry.IsFinal)
            {
                return;
            }

            PodDirectories.SaveOutcome(entry.Layout, status.Status);
            entry.Status = status;
            entry.IsFinal = true;
            Feed.Publish(status);
        }
    }

    /// <summary>Forgets a workload and says so.</summary>
    public void Remove(JobEntry entry)
    {
        if (_entries.TryRemove(entry.Id.Uid, out _))
        {
            SlurmMetrics.WorkloadRemoved();
            lock (entry.ReportGate)
            {
                Feed.Publish(entry.Status = entry.Status with { Gone = true });
            }
        }
    }
}
