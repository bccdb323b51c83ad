using System.Globalization;
using VirtualKubelet.Providers.Slurm.Commands;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>
/// Runs the same job script and the same shim as plain processes of this machine. Jobs outlive the agent and are found
/// again, as Slurm's are: each pod directory holds its process in <c>local.pid</c> and its end in <c>local.exit</c>.
/// </summary>
internal sealed class LocalBackend(SlurmProviderOptions options, TimeProvider time) : IJobBackend
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    // Noclobber (set -C) makes the creation of local.pid exclusive: however often the script is started, one job runs.
    // Arguments arrive as $1 and $2; nothing of a pod is part of the text.
    private const string Launcher = """
        set -C
        cd "$1" || exit 1
        exec </dev/null >>job.out 2>&1
        VK_JOB_ID=$2
        export VK_JOB_ID
        (echo starting >local.claim) 2>/dev/null || exit 0
        /bin/bash ./job.sh &
        shim=$!
        echo "$shim $(cut -d ' ' -f 22 /proc/$shim/stat) $$ $(cut -d ' ' -f 22 /proc/$$/stat)" >local.pid.tmp && mv local.pid.tmp local.pid
        wait $shim
        echo $? >local.exit.tmp && mv local.exit.tmp local.exit
        """;

    private readonly CommandRunner _commands = new(CommandEnvironment.For(options), options.CommandTimeout, time);

    /// <inheritdoc/>
    public bool HasHistory => false;

    /// <inheritdoc/>
    public async Task<string> SubmitAsync(PodDirectoryLayout directory, CancellationToken cancellationToken)
    {
        var job = new LocalJob(directory);
        var result = await LaunchAsync(directory, job, cancellationToken);
        if (!result.Succeeded)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, $"setsid: {result.Words}");
        }

        var started = time.GetTimestamp();
        while (!job.Exists)
        {
            if (time.GetElapsedTime(started) > StartTimeout)
            {
                throw new ProviderException(ProviderErrorKind.Unavailable, $"the job did not start; see {directory.JobOutputFile}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellationToken);
        }

        return job.Id;
    }

    /// <inheritdoc/>
    public bool IsSubmitting(PodDirectoryLayout directory) => false;

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobRecord>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JobRecord>>(
            [.. Directory.EnumerateDirectories(options.WorkDirectory)
                .Select(path => new LocalJob(new PodDirectoryLayout(path)))
                .Where(job => job.Exists)
                .Select(job => job.Read())]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobRecord>> ListHistoryAsync(IReadOnlyCollection<WorkloadId> workloads, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JobRecord>>([]);

    /// <inheritdoc/>
    public Task TerminateAsync(IReadOnlyCollection<string> jobIds, CancellationToken cancellationToken)
    {
        foreach (var job in Jobs(jobIds))
        {
            job.Terminate();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task CancelAsync(IReadOnlyCollection<string> jobIds, bool onlyWaiting, CancellationToken cancellationToken)
    {
        // A local job never waits.
        foreach (var job in onlyWaiting ? [] : Jobs(jobIds))
        {
            job.Kill();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<BackendNode> GetNodeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new BackendNode(
            string.Create(CultureInfo.InvariantCulture, $"local://{Environment.OSVersion.Version}"),
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
            new Dictionary<string, long>(),
            1));

    /// <inheritdoc/>
    /// <remarks>It carries the job's ID, so that a killed job takes it along.</remarks>
    public ChannelCommand ChannelInto(PodDirectoryLayout directory, string jobId, string node) => new(
        options.ShimPath,
        ["channel", directory.Root],
        new Dictionary<string, string>(CommandEnvironment.For(options)) { ["VK_JOB_ID"] = jobId });

    private async Task<CommandResult> LaunchAsync(PodDirectoryLayout directory, LocalJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await _commands.RunAsync(
                "setsid", ["--fork", "/bin/sh", "-c", Launcher, "vk-slurm-local", directory.Root, job.Id], cancellationToken);
        }
        catch (CommandTimeoutException e)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, $"the job did not start: {e.Message}", e);
        }
    }

    private IEnumerable<LocalJob> Jobs(IReadOnlyCollection<string> jobIds) =>
        Directory.EnumerateDirectories(options.WorkDirectory)
            .Select(path => new LocalJob(new PodDirectoryLayout(path)))
            .Where(job => jobIds.Contains(job.Id) && job.Exists);
}
