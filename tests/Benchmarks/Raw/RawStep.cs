using System.Diagnostics;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Raw;

/// <summary>What a user would type without us: <c>srun --overlap</c> into the running job, a process each time.</summary>
internal sealed class RawStep(SlurmCluster slurm, string job)
{
    /// <summary>Runs a command in the job and discards its output.</summary>
    /// <returns>From before the start of srun to its end.</returns>
    public async Task<TimeSpan> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var start = CommandLineTool.StartInfo(
            "srun", ["--overlap", $"--jobid={job}", "--nodes=1", "--ntasks=1", "--quiet", "--input=none", .. command], slurm.Environment);
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, 128 * 1024, cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return process.ExitCode == 0 ? elapsed : throw new BenchmarkException($"srun ended with exit code {process.ExitCode}: {await error}");
    }
}
