using System.Globalization;
using VirtualKubelet.Providers.Slurm.Commands;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>Slurm through its own commands: the only interface that every site and every version has.</summary>
internal sealed class CliBackend : IJobBackend
{
    /// <summary>Linux takes no argument of more than 128 KiB, and a name can be 354 bytes.</summary>
    private const int NamesPerCall = 300;

    /// <summary>What makes srun write a step's stderr to its own stdout, and the other way round: it opens these names itself, as the agent's user.</summary>
    public static readonly IReadOnlyList<string> ExchangedOutputs = ["--output=/dev/stderr", "--error=/dev/stdout"];

    private readonly SlurmProviderOptions _options;
    private readonly CommandRunner _queries;
    private readonly CommandRunner _submissions;
    private SlurmFacts? _facts;

    public CliBackend(SlurmProviderOptions options, TimeProvider time)
    {
        _options = options;
        var environment = CommandEnvironment.For(options);
        _submissions = new CommandRunner(environment, options.CommandTimeout, time);

        // Whole seconds since 1970 instead of the machine's local time, which is ambiguous twice a year.
        _queries = new CommandRunner(
            new Dictionary<string, string>(environment) { ["SLURM_TIME_FORMAT"] = "%s" }, options.CommandTimeout, time);
    }

    /// <inheritdoc/>
    public bool HasHistory => _facts?.HasAccounting ?? true;

    /// <inheritdoc/>
    public async Task<string> SubmitAsync(PodDirectoryLayout directory, CancellationToken cancellationToken)
    {
        // sbatch inherits the lock: as long as it lives, even after a kill -9 of this process, the directory counts as
        // being submitted, and a new agent does not look for the job before sbatch has had its say.
        var result = await AskAsync(_submissions, "sbatch", "flock",
            ["--nonblock", SubmitLock.PathIn(directory), CommandPath("sbatch"), "--parsable", directory.ScriptFile], cancellationToken);
        if (!result.Succeeded)
        {
            throw SubmitErrors.Classify(result.Words);
        }

        // "id" or "id;cluster". Whatever stands on standard error beside exit code 0 is a warning.
        var jobId = result.Output.Trim().Split(';')[0];
        return long.TryParse(jobId, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? jobId
            : throw new ProviderException(ProviderErrorKind.Unavailable, $"sbatch answered \"{result.Words}\" instead of a job ID");
    }

    /// <inheritdoc/>
    public bool IsSubmitting(PodDirectoryLayout directory) => SubmitLock.IsHeld(directory);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobRecord>> ListAsync(CancellationToken cancellationToken) =>
        SqueueOutput.Parse(JobIdentity.Owner(_options), await QueryAsync(
            "squeue", ["--noheader", "--states=all", $"--user={Environment.UserName}", "-O", SqueueOutput.Format], cancellationToken));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobRecord>> ListHistoryAsync(IReadOnlyCollection<WorkloadId> workloads, CancellationToken cancellationToken)
    {
        var facts = await GetFactsAsync(cancellationToken);
        if (!facts.HasAccounting)
        {
            return [];
        }

        var jobs = new List<JobRecord>();
        foreach (var names in workloads.Select(JobIdentity.Name).Chunk(NamesPerCall))
        {
            jobs.AddRange(SacctOutput.Parse(await QueryAsync(
                "sacct",
                ["--noheader", "--parsable2", "--allocations", "--starttime=1970-01-01", $"--format={SacctOutput.Format}", $"--name={string.Join(',', names)}"],
                cancellationToken)));
        }

        return jobs;
    }

    /// <inheritdoc/>
    public Task TerminateAsync(IReadOnlyCollection<string> jobIds, CancellationToken cancellationToken) =>
        ScancelAsync(["--batch", "--signal=TERM", .. jobIds], cancellationToken);

    /// <inheritdoc/>
    public Task CancelAsync(IReadOnlyCollection<string> jobIds, bool onlyWaiting, CancellationToken cancellationToken) =>
        ScancelAsync(onlyWaiting ? ["--state=PENDING", .. jobIds] : [.. jobIds], cancellationToken);

    /// <inheritdoc/>
    public async Task<BackendNode> GetNodeAsync(CancellationToken cancellationToken)
    {
        var facts = await GetFactsAsync(cancellationToken);
        IReadOnlyList<string> partition = _options.Defaults.Partition is { } name ? [$"--partition={name}"] : [];
        return SinfoOutput.Parse(
            $"slurm://{facts.Version}",
            await QueryAsync("sinfo", ["--noheader", "--Node", "-O", SinfoOutput.Format, .. partition], cancellationToken));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Without <c>--unbuffered</c> srun withholds output until a line ends. With it slurmstepd gives the step a terminal as stdout, but still a pipe as
    /// stderr, which carries half as much again: the frames come over that one, slurmstepd's own messages among them, and srun exchanges the two.
    /// The step names its directory because the agent's own need not exist on the node.
    /// </remarks>
    public ChannelCommand ChannelInto(PodDirectoryLayout directory, string jobId, string node) => new(
        CommandPath("srun"),
        [
            $"--jobid={jobId}", "--overlap", "--nodes=1", "--ntasks=1", $"--nodelist={node}", "--unbuffered", "--quiet", "--mpi=none",
            .. ExchangedOutputs, $"--chdir={directory.Root}", _options.ShimPath, "channel", "--frames-on-stderr", directory.Root,
        ],
        CommandEnvironment.For(_options));

    /// <summary>Version and accounting, asked for once.</summary>
    public async Task<SlurmFacts> GetFactsAsync(CancellationToken cancellationToken) =>
        _facts ??= SlurmFacts.Parse(await QueryAsync("scontrol", ["show", "config"], cancellationToken));

    // scancel fails as a whole when one of the jobs has ended in the meantime. What counts is whether the jobs are gone,
    // and that is read from the next squeue; only silence is an error.
    private async Task ScancelAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await AskAsync(_queries, "scancel", CommandPath("scancel"), arguments, cancellationToken);
        if (!result.Succeeded && result.Words.Contains("Unable to contact", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, $"scancel: {result.Words}");
        }
    }

    private async Task<string> QueryAsync(string command, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await AskAsync(_queries, command, CommandPath(command), arguments, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new ProviderException(ProviderErrorKind.Unavailable, $"{command}: {result.Words}");
    }

    private static async Task<CommandResult> AskAsync(
        CommandRunner runner, string command, string executable, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await runner.RunAsync(command, executable, arguments, cancellationToken);
        }
        catch (CommandTimeoutException e)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, e.Message, e);
        }
    }

    private string CommandPath(string command) =>
        _options.BinDirectory is { } directory ? Path.Combine(directory, command) : command;
}
