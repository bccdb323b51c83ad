using System.Diagnostics;
using VirtualKubelet.Benchmarks.Results;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>Runs other programs to their end.</summary>
internal static class CommandLineTool
{
    /// <summary>Runs a program and returns what it printed on standard output; it is killed when cancelled.</summary>
    /// <exception cref="BenchmarkException">It failed; the message ends with its own words.</exception>
    public static async Task<string> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        using var process = Process.Start(StartInfo(program, arguments, environment))!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await Task.WhenAll(output, error);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? await output
                : throw new BenchmarkException($"{Path.GetFileName(program)} {string.Join(" ", arguments.Take(1))} ended with exit code {process.ExitCode}: {(await error).Trim()}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>How a program is started with all its streams redirected.</summary>
    public static ProcessStartInfo StartInfo(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
