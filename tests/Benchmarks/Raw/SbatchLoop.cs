using System.Diagnostics;
using VirtualKubelet.Benchmarks.Agent;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Raw;

/// <summary>What a user would do: one sbatch after the other, several at once, of the very script that the agent submits.</summary>
internal sealed class SbatchLoop
{
    private readonly SlurmCluster _slurm;
    private readonly AgentSetup _setup;
    private readonly string _script;

    private SbatchLoop(SlurmCluster slurm, AgentSetup setup, string script)
    {
        (_slurm, _setup, _script) = (slurm, setup, script);
    }

    /// <summary>Renders the script by the agent itself.</summary>
    public static async Task<SbatchLoop> CreateAsync(SlurmCluster slurm, AgentSetup setup, CancellationToken cancellationToken)
    {
        setup.Write(Repository.Shim);
        var manifest = Path.Combine(setup.Directory, "pod.json");
        var script = Path.Combine(setup.Directory, "job.sh");
        await File.WriteAllTextAsync(manifest, PodManifests.Pod("pod", "true", isHeld: true), cancellationToken);
        await File.WriteAllTextAsync(
            script, await CommandLineTool.RunAsync(Repository.Agent, ["render", "--config", setup.ConfigFile, manifest], null, cancellationToken), cancellationToken);
        return new SbatchLoop(slurm, setup, script);
    }

    /// <summary>Submits so many jobs; returns how many a second.</summary>
    public async Task<double> RunAsync(int jobs, CancellationToken cancellationToken)
    {
        // As the agent does, without the caller's environment, which sbatch would send along.
        const string Loop = """
            seq "$1" | env -i PATH="$PATH" HOME="$HOME" SLURM_CONF="$SLURM_CONF" xargs -P "$2" -I{} sbatch --parsable "$3" >/dev/null
            """;
        var started = Stopwatch.GetTimestamp();
        await _slurm.RunAsync("bash", ["-c", Loop, "bash", $"{jobs}", $"{_setup.MaxConcurrentSubmits}", _script], cancellationToken);
        return jobs / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
