using System.Collections.Frozen;
using VirtualKubelet.Providers.Slurm.Backends;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>The queue as it was at one moment.</summary>
internal sealed class JobSnapshot
{
    private readonly FrozenDictionary<string, JobRecord[]> _jobs;

    public JobSnapshot(long askedAt, IEnumerable<JobRecord> jobs)
    {
        AskedAt = askedAt;
        _jobs = jobs.GroupBy(job => job.Uid, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Timestamp of when the question was put, which no set clock moves: a job submitted before that is in the answer.</summary>
    public long AskedAt { get; }

    /// <summary>Timestamp since when every question was answered, by the queue and by accounting; absent while one of them is silent.</summary>
    public long? CompleteSince { get; init; }

    /// <summary>The job on record. Another job of the same pod is never taken for it.</summary>
    public JobRecord? Find(string uid, string jobId) => Array.Find(_jobs.GetValueOrDefault(uid, []), job => job.JobId == jobId);

    /// <summary>The job of a pod that has none on record. One that ended before the pod was accepted belonged to an earlier pod of that UID.</summary>
    public JobRecord? FindUnrecorded(string uid, DateTimeOffset acceptedAt) =>
        Array.Find(_jobs.GetValueOrDefault(uid, []), job => job.IsAfter(acceptedAt));
}
