using VirtualKubelet.Benchmarks.Results;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>A private two-node Slurm (<c>hack/slurm</c>).</summary>
internal sealed class SlurmCluster : IAsyncDisposable
{
    private static readonly TimeSpan DownTimeout = TimeSpan.FromMinutes(1);

    private readonly string _directory;

    private SlurmCluster(string directory, IReadOnlyDictionary<string, string> environment)
    {
        _directory = directory;
        Environment = environment;
    }

    /// <summary>Variables under which Slurm's commands reach this cluster.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    private static string Script => Repository.File("hack/slurm");

    /// <summary>Starts it; installs Slurm where that is possible.</summary>
    /// <exception cref="BenchmarkException">There is no Slurm to be had.</exception>
    public static async Task<SlurmCluster> StartAsync(string directory, CancellationToken cancellationToken)
    {
        // A short memory, so that one row's jobs do not burden the next one's controller.
        await CommandLineTool.RunAsync(Script, ["up", "--dir", directory, "--min-job-age", "2"], null, cancellationToken);
        var variables = await CommandLineTool.RunAsync(
            "bash", ["-c", """eval "$("$1" env --dir "$2")" && printf '%s\n%s' "$SLURM_CONF" "$PATH" """, "bash", Script, directory], null, cancellationToken);
        var lines = variables.Split('\n');
        return new SlurmCluster(directory, new Dictionary<string, string> { ["SLURM_CONF"] = lines[0], ["PATH"] = lines[1].Trim() });
    }

    /// <summary>Runs one of Slurm's commands and returns what it printed.</summary>
    public Task<string> RunAsync(string command, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        CommandLineTool.RunAsync(command, arguments, Environment, cancellationToken);

    /// <summary>Cancels all jobs and waits until the controller has forgotten them.</summary>
    public async Task CancelAllAsync(CancellationToken cancellationToken)
    {
        await RunAsync("scancel", ["--state=PENDING", $"--user={System.Environment.UserName}"], cancellationToken);
        await RunAsync("scancel", [$"--user={System.Environment.UserName}"], cancellationToken);
        while ((await RunAsync("squeue", ["--noheader", "--states=all", "--format=%i"], cancellationToken)).Length > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(DownTimeout);
        await CommandLineTool.RunAsync(Script, ["down", "--dir", _directory], null, timeout.Token);
    }
}
