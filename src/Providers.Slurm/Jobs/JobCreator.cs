using System.Collections.Concurrent;
using VirtualKubelet.Providers.Slurm.Scripts;
using VirtualKubelet.Providers.Slurm.Volumes;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Accepts workloads: checks them, puts them on disk, and hands them to the submitter.</summary>
internal sealed class JobCreator(
    SlurmProviderOptions options, JobBook book, PodDirectories directories, PodVolumes volumes, JobSubmitter submitter, RetentionSweeper sweeper, TimeProvider time)
{
    private readonly JobRequestBuilder _requests = new(options);
    private readonly ConcurrentDictionary<string, Lazy<Task>> _underWay = new(StringComparer.Ordinal);

    /// <summary>Accepts a workload once, however often and from wherever it is called.</summary>
    public async Task CreateAsync(Workload workload)
    {
        var uid = workload.Id.Uid;
        var creation = _underWay.GetOrAdd(uid, _ => new Lazy<Task>(() => Task.Run(() => Create(workload))));
        try
        {
            await creation.Value;
        }
        finally
        {
            // This very creation: a later one of the same UID may be under way already.
            _underWay.TryRemove(KeyValuePair.Create(uid, creation));
        }
    }

    private void Create(Workload workload)
    {
        if (book.Find(workload.Id.Uid) is not null)
        {
            return;
        }

        if (book.Entries.Count(e => !e.IsFinal) >= options.Limits.Pods)
        {
            throw new ProviderException(ProviderErrorKind.Rejected, $"the node holds {options.Limits.Pods} pods already (spec.limits.pods)");
        }

        var layout = directories.LayoutOf(workload.Id);
        var request = _requests.Build(workload, layout);
        var plan = PodPlanBuilder.Build(workload, request, options.Runtime);
        var script = JobScript.Render(request);
        var record = new SubmitRecord { Node = options.NodeName, Cluster = options.ClusterId, AcceptedAt = time.GetUtcNow() };
        try
        {
            MakeRoom(layout);
            directories.Create(layout, plan, script, record, unfinished => volumes.Create(unfinished, workload));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, $"cannot write the pod directory {layout.Root}: {e.Message}", e);
        }

        Add(new JobEntry(layout, PodOutline.Of(plan), record, Accepted(PodOutline.Of(plan), record)));
    }

    // A UID can come back while the directory of its earlier life waits for its retention to pass: a static pod's UID is
    // a hash of its manifest. Any other directory of that name is not ours to touch.
    private void MakeRoom(PodDirectoryLayout layout)
    {
        if (Directory.Exists(layout.Root) && !sweeper.TryRemoveNow(layout))
        {
            throw new ProviderException(
                ProviderErrorKind.Unavailable,
                $"the directory {layout.Root} is in the way: it belongs to another node or cannot be read; move it away");
        }
    }

    private void Add(JobEntry entry)
    {
        if (book.TryAdd(entry))
        {
            submitter.Enqueue(entry);
        }
    }

    private static WorkloadStatus Accepted(PodOutline outline, SubmitRecord record) =>
        StatusReconciler.Reconcile(new JobObservation(outline, record, Delay: null, Job: null, Shim: null, IsMissing: false, IsLost: false))!;
}
