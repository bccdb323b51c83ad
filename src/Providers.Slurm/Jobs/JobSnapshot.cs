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

    /// <summary>Since when every question was answered, by the queue and by accounting; absent while one of them is silent.</summary>
    public DateTimeOffset? CompleteSince { get; init; }

    /// <summary>The job on record. Another job of the same pod is never taken for it.</summary>
    public JobRecord? Find(string uid, string jobId) => Array.Find(_jobs.GetValueOrDefault(uid, []), job => job.JobId == jobId);

    /// <summary>The job of a pod that has none on record. One that ended before the pod was accepted belonged to an earlier pod of that UID.</summary>
    public JobRecord? FindUnrecorded(string uid, DateTimeOffset acceptedAt) =>
        Array.Find(_jobs.GetValueOrDefault(uid, []), job => job.IsAfter(acceptedAt));
}
