namespace VirtualKubelet.EndToEnd.Support;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">The exit code; 128 + n after signal n.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record CommandOutcome(int ExitCode, string Output, string Error)
{
    /// <summary>Both streams, for messages.</summary>
    public string Words => $"exit code {ExitCode}\n{Output}{Error}";

    /// <summary>Standard output in lines.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
