using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Finds the workloads of an earlier process again, from their directories.</summary>
internal sealed partial class JobAdopter(
    SlurmProviderOptions options, JobBook book, PodDirectories directories, JobSubmitter submitter, RetentionSweeper sweeper, ILogger<JobAdopter> logger)
{
    /// <summary>Reads all directories; a damaged one is reported and left as it is.</summary>
    public void Adopt()
    {
        directories.EnsureRoot();
        RemoveUnfinished();
        foreach (var layout in directories.Finished())
        {
            try
            {
                Adopt(layout);
            }
            catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
            {
                LogDamaged(e, layout.Root);
            }
        }
    }

    private void RemoveUnfinished()
    {
        foreach (var layout in directories.Unfinished())
        {
            try
            {
                PodDirectories.Delete(layout);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(e, layout.Root);
            }
        }
    }

    private void Adopt(PodDirectoryLayout layout)
    {
        var record = AtomicFile.ReadJson(layout.SubmitFile, SubmitJson.Default.SubmitRecord)
            ?? throw new IOException($"{layout.SubmitFile} is gone");
        if (record.Version != SubmitRecord.CurrentVersion)
        {
            throw new IOException($"{layout.SubmitFile} is of version {record.Version}, this agent reads {SubmitRecord.CurrentVersion}");
        }

        if (record.Node != options.NodeName || record.Cluster != options.ClusterId)
        {
            return;
        }

        if (record.GoneAt is { } goneAt)
        {
            sweeper.Keep(layout, goneAt);
            return;
        }

        var plan = AtomicFile.ReadJson(layout.PodFile, ShimJson.Files.PodPlan) ?? throw new IOException($"{layout.PodFile} is gone");
        Adopt(layout, PodOutline.Of(plan), record);
    }

    private void Adopt(PodDirectoryLayout layout, PodOutline outline, SubmitRecord record)
    {
        var shim = new ShimStateFile(layout, outline.Id.Uid).Refresh();
        var outcome = PodDirectories.ReadOutcome(layout);
        var status = outcome is not null
            ? new WorkloadStatus { Id = outline.Id, JobId = record.JobId, Status = outcome }
            : StatusReconciler.Reconcile(new JobObservation(outline, record, Delay: null, Job: null, shim, IsMissing: false, IsLost: false))!;
        var entry = new JobEntry(layout, outline, record, status)
        {
            IsFinal = outcome is not null,
            NeedsLookup = record.JobId is null,
        };
        book.TryAdd(entry);
        if (entry is { IsFinal: false, NeedsLookup: true })
        {
            submitter.Enqueue(entry);
        }

        LogAdopted(entry.Id.Namespace, entry.Id.Name, entry.Id.Uid, record.JobId);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Namespace}/{Pod} ({Uid}) found again, job {Job}")]
    private partial void LogAdopted(string @namespace, string pod, string uid, string? job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cannot remove {Directory}, which was never finished")]
    private partial void LogNotRemoved(Exception exception, string directory);

    [LoggerMessage(Level = LogLevel.Error, Message = "the pod directory {Directory} cannot be read and is left alone")]
    private partial void LogDamaged(Exception exception, string directory);
}
