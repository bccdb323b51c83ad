using System.Globalization;

namespace VirtualKubelet.Providers.Slurm.Commands;

/// <summary>What a command printed and how it ended.</summary>
/// <param name="ExitCode">The exit code; 128 + n after signal n.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error, trimmed; with exit code 0 it holds warnings.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The command's own words about its failure, on one line; its exit code where it said nothing.</summary>
    public string Words =>
        string.Join("; ", (Error.Length > 0 ? Error : Output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) is { Length: > 0 } words
            ? words
            : string.Create(CultureInfo.InvariantCulture, $"exit code {ExitCode} and not a word");
}
