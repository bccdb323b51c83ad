using System.Diagnostics;

namespace VirtualKubelet.EndToEnd.Support;

/// <summary>Runs commands to their end.</summary>
internal static class Run
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs a command and returns how it ended, whatever that is.</summary>
    public static async Task<CommandOutcome> TryAsync(
        string executable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? patience = null)
    {
        using var process = Start(executable, arguments, environment);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(patience ?? Patience);
            return new CommandOutcome(process.ExitCode, await output.WaitAsync(Patience), await error.WaitAsync(Patience));
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{executable} {string.Join(' ', arguments)} did not end in time");
        }
    }

    /// <summary>Runs a command that has to succeed and returns what it printed.</summary>
    public static async Task<string> CheckedAsync(
        string executable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var outcome = await TryAsync(executable, arguments, environment);
        return outcome.ExitCode == 0
            ? outcome.Output
            : throw new InvalidOperationException($"{executable} {string.Join(' ', arguments)}: {outcome.Words}");
    }

    /// <summary>Starts a command with all its streams redirected.</summary>
    public static Process Start(string executable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // A .NET process that is killed leaves the pipes of its debugger behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
