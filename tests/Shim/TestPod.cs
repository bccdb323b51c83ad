using System.Diagnostics;
using System.Text;
using System.Text.Json;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Shim.Tests;

/// <summary>A pod directory of its own, and the shims that run in it; gone without a trace when disposed of.</summary>
internal sealed class TestPod : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly List<ShimProcess> shims = [];

    public TestPod()
    {
        Layout = new(Directory.CreateTempSubdirectory("vk-shim-").FullName);
    }

    public PodDirectoryLayout Layout { get; }

    /// <summary>A file in the pod directory that containers may use.</summary>
    public string Scratch(string name) => Path.Combine(Layout.Root, name);

    public static PodPlan Plan(params ContainerPlan[] containers) => new()
    {
        Namespace = "lab",
        Name = "pod",
        Uid = "0b6c1a52-uid",
        Runtime = "Host",
        RestartPolicy = RestartPolicy.Never,
        TerminationGracePeriodSeconds = 20,
        Containers = containers,
    };

    public void Write(PodPlan plan) => AtomicFile.WriteJson(Layout.PodFile, plan, ShimJson.Files.PodPlan);

    public void RequestStop(int graceSeconds) =>
        AtomicFile.WriteJson(Layout.StopFile, new(graceSeconds, DateTimeOffset.UtcNow), ShimJson.Files.StopRequest);

    /// <summary>Starts a shim for a plan.</summary>
    public ShimProcess Start(PodPlan plan, string jobId = "4711", string[]? options = null)
    {
        Write(plan);
        return Start(jobId, options);
    }

    /// <summary>Starts a shim for the plan that is there.</summary>
    public ShimProcess Start(string jobId = "4711", string[]? options = null)
    {
        var start = new ProcessStartInfo(Binaries.Shim, ["run", .. options ?? [], Layout.Root]);
        return Start(start, jobId);
    }

    public ShimProcess Start(ProcessStartInfo start, string jobId = "4711")
    {
        start.Environment["SLURM_JOB_ID"] = jobId;
        start.Environment["SLURMD_NODENAME"] = "n0";
        start.Environment.Remove("VK_JOB_ID");
        var shim = new ShimProcess(start);
        shims.Add(shim);
        return shim;
    }

    /// <summary>Runs a plan to its end.</summary>
    public async Task<(int ExitCode, PodState State)> RunAsync(PodPlan plan, params string[] options)
    {
        var code = await Start(plan, options: options).ExitCodeAsync();
        return (code, State());
    }

    public PodState State() => ReadState() ?? throw new InvalidOperationException($"no state.json; the shim said:\n{shims[^1].Errors}");

    public PodState? ReadState() => AtomicFile.ReadJson(Layout.StateFile, ShimJson.Files.PodState);

    /// <summary>Waits until the state satisfies a condition.</summary>
    public async Task<PodState> UntilAsync(Func<PodState, bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (ReadState() is { } state && condition(state))
            {
                return state;
            }

            Assert.True(watch.Elapsed < Patience, $"the state did not come to it: {JsonSerializer.Serialize(ReadState(), ShimJson.Files.PodState!)}\n{shims[^1].Errors}");
            await Task.Delay(10);
        }
    }

    /// <summary>Waits until a container has made a file; its content.</summary>
    public async Task<string> FileAsync(string path)
    {
        var watch = Stopwatch.StartNew();
        while (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            Assert.True(watch.Elapsed < Patience, $"{path} did not appear\n{shims[^1].Errors}");
            await Task.Delay(10);
        }

        return await File.ReadAllTextAsync(path);
    }

    public string[] Records(string container, int restart = 0) => File.ReadAllLines(Layout.LogFile(container, restart), Encoding.Latin1);

    /// <summary>What a reader of the log would see of the given streams.</summary>
    public string Output(string container, int restart = 0, string? stream = null) => string.Concat(Records(container, restart)
        .Select(r => r[31..])
        .Where(r => stream is null || r.StartsWith(stream, StringComparison.Ordinal))
        .Select(r => r[7] == 'P' ? r[9..] : r[9..] + "\n"));

    public async ValueTask DisposeAsync()
    {
        foreach (var shim in shims)
        {
            await shim.DisposeAsync();
        }

        if (ReadState() is { } state)
        {
            // A shim that was killed leaves its containers to Slurm, which is not here.
            foreach (var running in state.InitContainers.Concat(state.Containers).Select(c => c.Running).OfType<ContainerRunning>())
            {
                Signals.Send(-running.Pid, Signals.Kill);
            }
        }

        Directory.Delete(Layout.Root, recursive: true);
    }
}
