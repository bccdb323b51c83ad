using VirtualKubelet.Providers.Slurm.Commands;

namespace VirtualKubelet.Providers.Slurm.Checks;

/// <summary>A small job that does nothing, so that steps can join it; cancelled when disposed.</summary>
internal sealed class ProbeJob(SlurmProviderOptions options, CommandRunner commands, Func<string, string> commandPath, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private string? _jobId;

    /// <summary>Runs a command; the words are its output, or why there is none.</summary>
    public static async Task<(CommandResult? Result, string Words)> TryAsync(
        CommandRunner commands, string executable, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            var result = await commands.RunAsync(executable, arguments, cancellationToken);
            return (result, result.Succeeded ? result.Output.Trim() : result.Words);
        }
        catch (Exception e) when (e is ProviderException or CommandTimeoutException)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Submits the job and waits until it runs.</summary>
    public async Task<CheckResult> StartAsync(CancellationToken cancellationToken)
    {
        const string name = "a job starts";
        var (result, words) = await TryAsync(commands, commandPath("sbatch"), Submission(), cancellationToken);
        if (result is not { Succeeded: true })
        {
            return CheckResult.Fail(name, words, "sbatch refuses the site's own defaults: correct them in spec.slurm and spec.defaults");
        }

        _jobId = words.Split(';')[0];
        var started = time.GetTimestamp();
        while (true)
        {
            (_, words) = await TryAsync(commands, commandPath("squeue"), ["--noheader", "--states=all", $"--jobs={_jobId}", "--format=%T %r %N"], cancellationToken);
            if (words.StartsWith("RUNNING", StringComparison.Ordinal))
            {
                return CheckResult.Pass(name, $"job {_jobId}: {words}");
            }

            if (time.GetElapsedTime(started) > StartTimeout)
            {
                return CheckResult.Fail(name, $"job {_jobId} after {StartTimeout.TotalSeconds:0} s: {words}", "the partition may be full or down; try again, or choose another one");
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>Runs a command as a step that joins the job; options of srun may stand before it.</summary>
    public Task<(CommandResult? Result, string Words)> StepAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        TryAsync(commands, commandPath("srun"), [$"--jobid={_jobId}", "--overlap", "--nodes=1", "--ntasks=1", "--quiet", .. command], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_jobId is not null)
        {
            await TryAsync(commands, commandPath("scancel"), [_jobId], CancellationToken.None);
        }
    }

    private List<string> Submission()
    {
        var arguments = new List<string> { "--parsable", "--job-name=vk-slurm-check", "--output=/dev/null", "--time=5", "--nodes=1", "--ntasks=1" };
        foreach (var (option, value) in ((string, string?)[])
            [
                ("partition", options.Defaults.Partition),
                ("account", options.Defaults.Account),
                ("qos", options.Defaults.Qos),
                ("constraint", options.Defaults.Constraint),
                ("reservation", options.Defaults.Reservation),
            ])
        {
            if (value is not null)
            {
                arguments.Add($"--{option}={value}");
            }
        }

        return [.. arguments, "--wrap=sleep 300"];
    }
}
