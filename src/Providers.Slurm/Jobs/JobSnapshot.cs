using System.Collections.Frozen;
using VirtualKubelet.Providers.Slurm.Backends;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>The queue as it was at one moment.</summary>
internal sealed class JobSnapshot
{
    private readonly FrozenDictionary<string, JobRecord[]> _jobs;

    public JobSnapshot(DateTimeOffset askedAt, IEnumerable<JobRecord> jobs)
    {
        AskedAt = askedAt;
        _jobs = jobs.GroupBy(job => job.Uid, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>When the question was put: a job submitted before that is in the answer.</summary>
    public DateTimeOffset AskedAt { get; }

    /// <summary>The job of a pod: the one on record, or the only one while none is. Another job of the same pod is never taken for it.</summary>
    public JobRecord? Find(string uid, string? jobId)
    {
        var jobs = _jobs.GetValueOrDefault(uid, []);
        return jobId is null ? jobs.FirstOrDefault() : jobs.FirstOrDefault(job => job.JobId == jobId);
    }
}
