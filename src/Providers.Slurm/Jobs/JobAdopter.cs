using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Finds the workloads of an earlier process again, from their directories.</summary>
internal sealed partial class JobAdopter(
    SlurmProviderOptions options, JobBook book, PodDirectories directories, JobSubmitter submitter, RetentionSweeper sweeper, IJobBackend backend, TimeProvider time,
    ILogger<JobAdopter> logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    /// <summary>How long a file server may fail to read single directories; what lasts longer is theirs, and a pod can bring it about.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Names in one log line, at most.</summary>
    private const int NamesTold = 20;

    /// <summary>How long a silent Slurm is waited for: pods that are known need not stand still with it.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(5);

    private readonly HashSet<PodDirectoryLayout> _read = [];
    private readonly Dictionary<string, PodDirectoryLayout> _damaged = new(StringComparer.Ordinal);
    private readonly List<string> _strangers = [];

    /// <summary>
    /// Reads all directories, again where the file system fails; one that is damaged beyond use and has no job is reported and left as it is.
    /// Completes only when no job of this node is without its directory: where the work directory is lost, not mounted or another one,
    /// pods would count as lost and be submitted once more.
    /// </summary>
    /// <exception cref="IOException">The work directory itself cannot be used.</exception>
    public async Task AdoptAsync(CancellationToken cancellationToken)
    {
        directories.EnsureRoot();
        RemoveUnfinished();
        await ReadAsync(cancellationToken);
        var started = time.GetTimestamp();
        var strays = new List<string>();
        for (var delay = FirstDelay; ; delay = Longer(delay))
        {
            if (await ListLiveAsync(cancellationToken) is { } live)
            {
                Salvage(live);
                strays = Strays(live);
                if (strays.Count == 0)
                {
                    return;
                }

                LogStrays(strays.Count, JobIdentity.Owner(options), options.WorkDirectory, string.Join(' ', strays.Take(NamesTold)));
            }
            else if (strays.Count == 0 && time.GetElapsedTime(started) >= AnswerPatience)
            {
                LogUnasked(options.WorkDirectory);
                return;
            }

            await Task.Delay(delay, time, cancellationToken);
            await ReadAsync(cancellationToken);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var left = Adopt(directories.Finished().Where(layout => !_read.Contains(layout)), isLast: false);
        for (var delay = FirstDelay; left.Count > 0; delay = Longer(delay))
        {
            await Task.Delay(delay, time, cancellationToken);
            left = Adopt(left, isLast: time.GetElapsedTime(started) >= Patience);
        }

        if (_strangers.Count > 0)
        {
            LogStrangers(_strangers.Count, JobIdentity.Owner(options), string.Join(", ", _strangers.Take(NamesTold)));
            _strangers.Clear();
        }
    }

    private static TimeSpan Longer(TimeSpan delay) => delay * 2 < LongestDelay ? delay * 2 : LongestDelay;

    /// <summary>Jobs of this very node that wait or run; null while Slurm does not answer.</summary>
    private async Task<List<JobRecord>?> ListLiveAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(AnswerPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return [.. (await backend.ListAsync(either.Token)).Where(job => job is { IsOurs: true, Stage: not JobStage.Ended })];
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogSilent(e.Message);
            return null;
        }
    }

    private List<string> Strays(List<JobRecord> live)
    {
        var known = _read.Select(layout => PodDirectories.IdOf(layout).Uid).ToHashSet(StringComparer.Ordinal);
        return [.. live.Where(job => !known.Contains(job.Uid)).Select(job => job.JobId)];
    }

    // The agent's own record is lost, but Slurm shows whose the job is: the pod is neither lost nor submitted again.
    private void Salvage(List<JobRecord> live)
    {
        foreach (var job in live)
        {
            if (_damaged.Remove(job.Uid, out var layout))
            {
                var record = new SubmitRecord { Node = options.NodeName, Cluster = options.ClusterId, AcceptedAt = time.GetUtcNow(), JobId = job.JobId };
                Adopt(layout, record, isLast: true);
            }
        }
    }

    /// <summary>
    /// Takes a deleted pod back whose end was told to nobody who kept it: the terminator tells it again, with its outcome. False when nothing of it is left.
    /// </summary>
    public bool TryTakeBack(WorkloadId id)
    {
        var layout = directories.LayoutOf(id);
        if (!sweeper.TryGiveBack(layout, out var goneAt))
        {
            return false;
        }

        try
        {
            if (AtomicFile.ReadJson(layout.SubmitFile, SubmitJson.Default.SubmitRecord) is { DeleteRequestedAt: not null } record
                && record.Node == options.NodeName
                && record.Cluster == options.ClusterId
                && PodDirectories.ReadOutcome(layout) is { } outcome)
            {
                var status = new WorkloadStatus { Id = id, JobId = record.JobId, Status = outcome };
                return book.TryAdd(new JobEntry(layout, ReadOutline(layout, id), record, status) { IsFinal = true });
            }
        }
        catch (Exception e)
        {
            LogPartlyDamaged(e, layout.Root);
        }

        sweeper.Keep(layout, goneAt);
        return false;
    }

    /// <summary>Returns what the file system failed to read; nothing on the last attempt.</summary>
    private List<PodDirectoryLayout> Adopt(IEnumerable<PodDirectoryLayout> layouts, bool isLast)
    {
        var left = new List<PodDirectoryLayout>();
        foreach (var layout in layouts)
        {
            try
            {
                Adopt(layout, isLast);
                _read.Add(layout);
            }
            catch (Exception e) when (!isLast && IsTransient(e))
            {
                // A stale handle or a failing server, not the pod's end: nothing is concluded before it has been read.
                LogUnread(e, layout.Root);
                left.Add(layout);
            }
            catch (Exception e)
            {
                // Whatever it is: the pod's own processes could write the files, and the node has others to serve.
                LogDamaged(e, layout.Root);
                _damaged[PodDirectories.IdOf(layout).Uid] = layout;
                _read.Add(layout);
            }
        }

        return left;
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

    private void Adopt(PodDirectoryLayout layout, bool isLast)
    {
        if (AtomicFile.ReadJson(layout.SubmitFile, SubmitJson.Default.SubmitRecord) is not { } record)
        {
            // None of ours.
            return;
        }

        if (record.Version != SubmitRecord.CurrentVersion)
        {
            throw new InvalidDataException($"{layout.SubmitFile} is of version {record.Version}, this agent reads {SubmitRecord.CurrentVersion}");
        }

        if (record.Node != options.NodeName || record.Cluster != options.ClusterId)
        {
            PassBy(layout, record);
            return;
        }

        if (record.GoneAt is { } goneAt)
        {
            sweeper.Keep(layout, goneAt);
            return;
        }

        Adopt(layout, record, isLast);
    }

    private void Adopt(PodDirectoryLayout layout, SubmitRecord record, bool isLast)
    {
        var id = PodDirectories.IdOf(layout);
        Adopt(
            layout,
            Read(layout.PodFile, () => ReadOutline(layout, id), isLast) ?? new PodOutline(id, [], []),
            record,
            Read(layout.Root, () => PodDirectories.ReadOutcome(layout), isLast));
    }

    // What nobody needs any more is swept whoever made it: a renamed node never comes back for it.
    private void PassBy(PodDirectoryLayout layout, SubmitRecord record)
    {
        if (record.GoneAt is null)
        {
            _strangers.Add(Path.GetFileName(layout.Root));
        }
        else if (time.GetUtcNow() - record.GoneAt >= options.Retention)
        {
            sweeper.Keep(layout, record.GoneAt.Value);
        }
    }

    // What a damaged file said is lost, not its pod: the record holds the job, and the directory's name whose it is.
    private T? Read<T>(string path, Func<T?> read, bool isLast)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (isLast || !IsTransient(e))
        {
            LogPartlyDamaged(e, path);
            return null;
        }
    }

    private static PodOutline ReadOutline(PodDirectoryLayout layout, WorkloadId id)
    {
        var plan = AtomicFile.ReadJson(layout.PodFile, ShimJson.Files.PodPlan) ?? throw new InvalidDataException($"{layout.PodFile} is gone");
        var outline = PodOutline.Of(plan);
        return outline.Id == id && outline.InitContainers.Concat(outline.Containers).All(c => c.Name is not null)
            ? outline
            : throw new InvalidDataException($"{layout.PodFile} is not what this agent wrote for {id}");
    }

    private static bool IsTransient(Exception e) => e is IOException or UnauthorizedAccessException;

    private void Adopt(PodDirectoryLayout layout, PodOutline outline, SubmitRecord record, PodStatus? outcome)
    {
        var shim = new ShimStateFile(layout, outline.Id.Uid).Refresh();
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "the pod directory {Directory} cannot be read now; no pod is taken on before it has been")]
    private partial void LogUnread(Exception exception, string directory);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} is damaged or cannot be read; its pod is known by its job and by what its shim says")]
    private partial void LogPartlyDamaged(Exception exception, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} pod directories are not of {Owner} and are left alone; was the node renamed, or its cluster changed? {Names}")]
    private partial void LogStrangers(int count, string owner, string names);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} jobs of {Owner} run or wait, but their directories are not under {WorkDirectory}; no pod is taken on before they are. Mount or name the right work directory, or cancel these jobs: {Jobs}")]
    private partial void LogStrays(int count, string owner, string workDirectory, string jobs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slurm does not answer whether every job has its directory: {Words}")]
    private partial void LogSilent(string words);

    [LoggerMessage(Level = LogLevel.Warning, Message = "going on without Slurm's answer; a job whose directory is not under {WorkDirectory} would not be found again")]
    private partial void LogUnasked(string workDirectory);

    [LoggerMessage(Level = LogLevel.Error, Message = "the pod directory {Directory} cannot be read and is left alone")]
    private partial void LogDamaged(Exception exception, string directory);
}
