using System.Collections.Concurrent;
using VirtualKubelet.Providers.Slurm.Scripts;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Accepts workloads: checks them, puts them on disk, and hands them to the submitter.</summary>
internal sealed class JobCreator(
    SlurmProviderOptions options, JobBook book, PodDirectories directories, JobSubmitter submitter, TimeProvider time)
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
            _underWay.TryRemove(uid, out _);
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
            throw new ProviderException(ProviderErrorKind.Rejected, $"Pod was rejected: the node holds {options.Limits.Pods} pods already (spec.limits.pods)");
        }

        var layout = directories.LayoutOf(workload.Id);
        var request = _requests.Build(workload, layout);
        var plan = PodPlanBuilder.Build(workload, request, options.Runtime);
        var record = new SubmitRecord { Node = options.NodeName, AcceptedAt = time.GetUtcNow() };
        try
        {
            PodDirectories.Create(layout, plan, request, record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, $"cannot write the pod directory {layout.Root}: {e.Message}", e);
        }

        Add(new JobEntry(layout, PodOutline.Of(plan), record, Accepted(PodOutline.Of(plan), record)));
    }

    private void Add(JobEntry entry)
    {
        book.TryAdd(entry);
        submitter.Enqueue(entry);
    }

    private static WorkloadStatus Accepted(PodOutline outline, SubmitRecord record) =>
        StatusReconciler.Reconcile(new JobObservation(outline, record, Delay: null, Job: null, Shim: null, IsMissing: false, IsLost: false))!;
}
