using System.Diagnostics;
using System.Globalization;
using System.Text;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>One container that prints the same lines into the shim and into cat(1).</summary>
internal sealed class ShimRun : IAsyncDisposable
{
    private const int LineBytes = 100;
    private const int RecordOverhead = 40;
    private const int LinesOfBlock = 1 << 16;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(5);

    private readonly PodDirectoryLayout _layout;
    private readonly string _lines;
    private readonly int _repeats;
    private Process? _shim;

    public ShimRun(string directory, int mebibytes)
    {
        _layout = new PodDirectoryLayout(Path.Combine(directory, "pod"));
        Directory.CreateDirectory(_layout.Root);
        _lines = Path.Combine(directory, "lines");
        File.WriteAllText(_lines, new StringBuilder().Insert(0, new string('x', LineBytes - 1) + "\n", LinesOfBlock).ToString());
        _repeats = (int)Math.Ceiling(mebibytes * 1048576.0 / LineBytes / LinesOfBlock);
    }

    private string Print => string.Create(CultureInfo.InvariantCulture, $"i=0; while [ $i -lt {_repeats} ]; do cat '{_lines}'; i=$((i+1)); done");

    private double Megabytes => _repeats * (double)LinesOfBlock * LineBytes / 1e6;

    /// <summary>MB a core second of a plain <c>cat</c> into a file, by a pipe as the shim gets it.</summary>
    public async Task<double> CatAsync(CancellationToken cancellationToken)
    {
        var target = _lines + ".copy";
        var times = await CommandLineTool.RunAsync("bash", ["-c", $"{{ {Print}; }} | {{ cat >'{target}'; times; }}"], null, cancellationToken);
        File.Delete(target);
        return Megabytes / times.Split('\n')[1].Split(' ').Sum(Seconds);
    }

    /// <summary>The shim's rate by its own CPU time and by the clock, and its peak memory in MiB.</summary>
    public async Task<(double PerCoreSecond, double PerSecond, double PeakMebibytes)> ShimAsync(CancellationToken cancellationToken)
    {
        // The container outlives its output, so that the shim's figures can be read.
        AtomicFile.WriteJson(_layout.PodFile, Plan($"{Print}; exec sleep 300"), ShimJson.Files.PodPlan);
        var start = CommandLineTool.StartInfo(Repository.Shim, ["run", _layout.Root], new Dictionary<string, string> { ["VK_JOB_ID"] = "1" });
        var started = Stopwatch.GetTimestamp();
        _shim = Process.Start(start)!;
        var log = new FileInfo(_layout.LogFile("main", 0));
        var size = (long)_repeats * LinesOfBlock * (LineBytes + RecordOverhead);
        await Waiting.UntilAsync("the container's output", () => Task.FromResult(IsWritten(log, size)), LookInterval, Limit, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return (Megabytes / ProcessFigures.CpuSeconds(_shim.Id), Megabytes / elapsed.TotalSeconds, ProcessFigures.PeakResidentMebibytes(_shim.Id));
    }

    public async ValueTask DisposeAsync()
    {
        if (_shim is not null)
        {
            using var term = Process.Start("kill", ["-TERM", $"{_shim.Id}"]);
            await _shim.WaitForExitAsync(CancellationToken.None).WaitAsync(Limit);
            _shim.Dispose();
        }

        Directory.Delete(Path.GetDirectoryName(_lines)!, recursive: true);
    }

    private static bool IsWritten(FileInfo log, long size)
    {
        log.Refresh();
        return log.Exists && (log.Length > size ? throw new BenchmarkException($"the log has {log.Length} bytes instead of {size}") : log.Length == size);
    }

    // bash's times: 0m1.234s
    private static double Seconds(string time)
    {
        var parts = time.TrimEnd('s').Split('m');
        return (double.Parse(parts[0], CultureInfo.InvariantCulture) * 60) + double.Parse(parts[1], CultureInfo.InvariantCulture);
    }

    private static PodPlan Plan(string script) => new()
    {
        Namespace = "bench",
        Name = "shim",
        Uid = "bench-shim",
        Runtime = "Host",
        RestartPolicy = RestartPolicy.Never,
        TerminationGracePeriodSeconds = 1,
        Containers = [new ContainerPlan { Name = "main", Command = ["/bin/sh", "-c", script] }],
    };
}
