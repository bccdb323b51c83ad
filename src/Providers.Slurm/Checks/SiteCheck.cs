using System.Runtime.CompilerServices;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Providers.Slurm.Commands;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Checks;

/// <summary>Tries, with a real job, everything the provider needs of a site.</summary>
public sealed class SiteCheck(SlurmProviderOptions options, TimeProvider time)
{
    private const string VisibleName = "work directory visible from a compute node";

    /// <summary>What the shim does for a container with volumes.</summary>
    private static readonly string[] Namespace = [.. MountNamespace.Command(isRoot: Environment.UserName == "root"), "true"];

    private readonly CliBackend _backend = new(options, time);
    private readonly CommandRunner _commands = new(CommandEnvironment.For(options), options.CommandTimeout, time);

    /// <summary>Checks one thing after the other; what cannot work after a failure is left out.</summary>
    public async IAsyncEnumerable<CheckResult> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var writable = CheckWorkDirectory();
        yield return writable;
        if (options.Backend == BackendKind.Local)
        {
            yield return await CheckShimAsync("shim runs on this machine", options.ShimPath, ["probe"], cancellationToken);
            yield return Volumes(await TryAsync(Namespace[0], Namespace[1..], cancellationToken));
            yield break;
        }

        foreach (var command in (string[])["sbatch", "squeue", "scancel", "scontrol", "sinfo", "srun", "flock"])
        {
            yield return await CheckCommandAsync(command, cancellationToken);
        }

        var reachable = await CheckControllerAsync(cancellationToken);
        yield return reachable;
        if (!reachable.Passed)
        {
            yield break;
        }

        var partition = await CheckPartitionAsync(cancellationToken);
        yield return partition;
        if (writable.Passed && partition.Passed)
        {
            await foreach (var result in CheckComputeNodeAsync(cancellationToken))
            {
                yield return result;
            }
        }
    }

    private CheckResult CheckWorkDirectory()
    {
        const string name = "work directory writable";
        try
        {
            Directory.CreateDirectory(options.WorkDirectory);
            using var probe = new TemporaryFile(options.WorkDirectory);
            return CheckResult.Pass(name, options.WorkDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CheckResult.Fail(name, e.Message, $"let {Environment.UserName} write to it, or choose another spec.workDirectory");
        }
    }

    private async Task<CheckResult> CheckCommandAsync(string command, CancellationToken cancellationToken)
    {
        var name = $"{command} found";
        var fix = command == "flock"
            ? "install util-linux"
            : "install Slurm's client commands on this machine, or set spec.slurm.binDirectory";
        var (result, words) = await TryAsync(CommandPath(command), ["--version"], cancellationToken);
        return result is { Succeeded: true } ? CheckResult.Pass(name, words) : CheckResult.Fail(name, words, fix);
    }

    private async Task<CheckResult> CheckControllerAsync(CancellationToken cancellationToken)
    {
        const string name = "slurmctld reachable";
        try
        {
            var facts = await _backend.GetFactsAsync(cancellationToken);
            var accounting = facts.HasAccounting ? "with accounting" : "without accounting: jobs are remembered for MinJobAge only";
            return CheckResult.Pass(name, $"cluster {facts.ClusterName}, Slurm {facts.Version}, {accounting}");
        }
        catch (ProviderException e)
        {
            return CheckResult.Fail(name, e.Message, "check spec.slurm.configFile (or SLURM_CONF), munge on this machine, and that slurmctld runs");
        }
    }

    private async Task<CheckResult> CheckPartitionAsync(CancellationToken cancellationToken)
    {
        const string name = "partition exists";
        const string fix = "set spec.slurm.partition to one that sinfo lists";
        if (options.Defaults.Partition is not { } partition)
        {
            return CheckResult.Pass(name, "none named: Slurm's default partition");
        }

        var (result, words) = await TryAsync(CommandPath("scontrol"), ["show", "partition", partition], cancellationToken);
        if (result is not { Succeeded: true })
        {
            return CheckResult.Fail(name, words, fix);
        }

        var node = await _backend.GetNodeAsync(cancellationToken);
        return node.UsableNodes > 0
            ? CheckResult.Pass(name, $"{partition}: {node.UsableNodes} usable nodes, {node.Cpus} CPUs, {node.MemoryMiB} MiB")
            : CheckResult.Fail(name, $"{partition} has no usable node", "bring a node of the partition up, or choose another one");
    }

    private async IAsyncEnumerable<CheckResult> CheckComputeNodeAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var job = new ProbeJob(options, _commands, CommandPath, time);
        var started = await job.StartAsync(cancellationToken);
        yield return started;
        if (!started.Passed)
        {
            yield break;
        }

        using var probe = new TemporaryFile(options.WorkDirectory);
        var (step, stepWords) = await job.StepAsync([.. CliBackend.ExchangedOutputs, "true"], cancellationToken);
        yield return step is { Succeeded: true }
            ? CheckResult.Pass("srun --overlap works", "a step joined the running job")
            : CheckResult.Fail("srun --overlap works", stepWords, "steps must be able to join running jobs: Slurm 20.11 or newer, and no plugin that forbids it");
        var (_, content) = await job.StepAsync(["cat", probe.Path], cancellationToken);
        yield return content == probe.Content
            ? CheckResult.Pass(VisibleName, options.WorkDirectory)
            : CheckResult.Fail(VisibleName, content, "put spec.workDirectory on a file system that this machine and the compute nodes share");
        var (shim, shimWords) = await job.StepAsync([options.ShimPath, "probe"], cancellationToken);
        yield return Shim("shim runs on a compute node", shim, shimWords);
        yield return Volumes(await job.StepAsync(Namespace, cancellationToken));
    }

    // A site can do without: only pods that mount volumes are concerned.
    private static CheckResult Volumes((CommandResult? Result, string Words) attempt) => CheckResult.Pass(
        "volumes in containers",
        attempt.Result is { Succeeded: true }
            ? "can be mounted"
            : $"cannot be mounted, so that pods that mount some will fail: {attempt.Words} (the Host runtime needs user namespaces, and unshare of util-linux 2.35 or newer)");

    private async Task<CheckResult> CheckShimAsync(string name, string executable, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (result, words) = await TryAsync(executable, arguments, cancellationToken);
        return Shim(name, result, words);
    }

    private static CheckResult Shim(string name, CommandResult? result, string words) =>
        result is { Succeeded: true }
            ? CheckResult.Pass(name, words)
            : CheckResult.Fail(name, words, "set spec.runtime.shimPath to vk-slurm-shim on a file system the compute nodes see; they need glibc 2.34 or newer");

    private Task<(CommandResult? Result, string Words)> TryAsync(string executable, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        ProbeJob.TryAsync(_commands, executable, arguments, cancellationToken);

    private string CommandPath(string command) =>
        options.BinDirectory is { } directory && command != "flock" ? Path.Combine(directory, command) : command;
}
