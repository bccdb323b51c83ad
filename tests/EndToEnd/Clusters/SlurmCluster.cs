using System.Globalization;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Clusters;

/// <summary>
/// A private Slurm, made by <c>hack/slurm</c> and gone without a trace when disposed. It starts within seconds, so that each
/// test class has one of its own to mistreat. Where Slurm cannot be had, the tests fail: a skip would pass for a success.
/// </summary>
public class SlurmCluster : IAsyncLifetime
{
    private static readonly string Script = Repository.PathOf("hack/slurm");

    private readonly string[] _options;

    /// <summary>A cluster without accounting that remembers ended jobs for a long time.</summary>
    public SlurmCluster()
        : this(minJobAge: 3600, accounting: false)
    {
    }

    protected SlurmCluster(int minJobAge, bool accounting)
    {
        _options = ["--min-job-age", minJobAge.ToString(CultureInfo.InvariantCulture), .. accounting ? ["--accounting"] : Array.Empty<string>(), .. Suite()];
    }

    /// <summary>The cluster's own directory.</summary>
    internal string Root { get; } = Path.Combine(Path.GetTempPath(), $"vk-e2e-{Guid.NewGuid():N}"[..16]);

    /// <summary>The variables with which its client commands are used.</summary>
    internal IReadOnlyDictionary<string, string> Variables { get; private set; } = new Dictionary<string, string>();

    /// <summary>Its configuration file.</summary>
    internal string ConfigFile => Variables["SLURM_CONF"];

    /// <summary>Where its client commands are, when they are not those of the host.</summary>
    internal string? BinDirectory => Directory.Exists(Path.Combine(Root, "bin")) ? Path.Combine(Root, "bin") : null;

    public async Task InitializeAsync()
    {
        var outcome = await Run.TryAsync(Script, ["up", "--dir", Root, .. _options], patience: TimeSpan.FromMinutes(15));
        Assert.True(
            outcome.ExitCode == 0,
            $"these tests need a real Slurm, and `hack/slurm up` could not start one (as root on Debian it installs what is missing): {outcome.Words}");
        var lines = (await Run.CheckedAsync("bash", ["-c", "eval \"$(\"$0\" env --dir \"$1\")\" && printf '%s\\n' \"$SLURM_CONF\" \"$PATH\"", Script, Root]))
            .Split('\n');
        Variables = new Dictionary<string, string> { ["SLURM_CONF"] = lines[0], ["PATH"] = lines[1] };
    }

    public async Task DisposeAsync()
    {
        await Run.CheckedAsync(Script, ["down", "--dir", Root]);
        Assert.False(Directory.Exists(Root), $"{Root} is still there");
        await ProcessLeaks.AssertNoneAsync(Root);
    }

    /// <summary>Stops slurmctld; its state is kept.</summary>
    internal Task StopControllerAsync() => Run.CheckedAsync(Script, ["stop-controller", "--dir", Root]);

    /// <summary>Starts slurmctld again.</summary>
    internal Task StartControllerAsync() => Run.CheckedAsync(Script, ["start-controller", "--dir", Root]);

    /// <summary>Makes nodes that were set down usable again; a node whose slurmd answers meanwhile returns by itself, and then cannot be resumed.</summary>
    internal Task BringUpAsync(string nodes) => Poll.UntilAsync(
        async () =>
        {
            await Run.TryAsync("/usr/bin/env", ["scontrol", "update", $"nodename={nodes}", "state=resume"], Variables);
            return (await SlurmAsync("sinfo", "--noheader", "--Node", $"--nodes={nodes}", "--partition=main", "--format=%t"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .All(state => state is "idle" or "mix" or "alloc" or "comp");
        },
        $"{nodes} to be up");

    /// <summary>Runs a client command that has to succeed.</summary>
    internal Task<string> SlurmAsync(string command, params string[] arguments) => Run.CheckedAsync("/usr/bin/env", [command, .. arguments], Variables);

    /// <summary>
    /// Cancels all jobs of a node's pods. sbatch may outlive the agent for a moment: another look makes sure that nothing came after the cancellation.
    /// </summary>
    internal Task CancelJobsAsync(string node) => Poll.UntilAsync(
        async () =>
        {
            var jobs = (await SlurmAsync("squeue", "--noheader", "-O", "JobID:24,Comment:256"))
                .Split('\n')
                .Where(line => line.Contains($"virtual-kubelet/{node}/", StringComparison.Ordinal) || line.Contains($"virtual-kubelet/{node}@", StringComparison.Ordinal))
                .Select(line => line[..24].Trim())
                .ToArray();
            if (jobs.Length > 0)
            {
                await Run.TryAsync("/usr/bin/env", ["scancel", .. jobs], Variables);
            }

            return jobs.Length == 0;
        },
        "the end of the agent's jobs");

    /// <summary>IDs of all jobs that a pod ever had, by its UID, as far as the queue remembers.</summary>
    internal async Task<ILookup<string, string>> JobsByUidAsync() =>
        (await SlurmAsync("squeue", "--noheader", "--states=all", "-O", "JobID:24,Comment:256"))
            .Split('\n')
            .Where(line => line.Contains("virtual-kubelet/", StringComparison.Ordinal))
            .ToLookup(line => line[(line.LastIndexOf('/') + 1)..].Trim(), line => line[..24].Trim());

    private static string[] Suite() =>
        Environment.GetEnvironmentVariable("VK_SLURM_SUITE") is { Length: > 0 } suite ? ["--suite", suite] : [];
}
