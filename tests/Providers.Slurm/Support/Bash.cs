using System.Diagnostics;

namespace VirtualKubelet.Providers.Slurm.Tests.Support;

/// <summary>The shell that reads our scripts.</summary>
internal static class Bash
{
    private const int Milliseconds = 20_000;

    /// <summary>Runs bash and returns its standard output; fails the test when it complains.</summary>
    public static string Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Milliseconds))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("bash hangs");
        }

        Assert.True(process.ExitCode == 0 && error.Result.Length == 0, $"bash exits with {process.ExitCode}: {error.Result}");
        return output.Result;
    }
}
