using System.Globalization;

namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>Reads single values as Slurm's commands print them.</summary>
internal static class SlurmValues
{
    /// <summary>Seconds since 1970 (SLURM_TIME_FORMAT=%s); null for <c>N/A</c>, <c>Unknown</c> and the like.</summary>
    public static DateTimeOffset? Time(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < uint.MaxValue
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary>A word, or null where Slurm says that there is none.</summary>
    public static string? Word(string text) => text is "" or "None" or "(null)" or "N/A" ? null : text;

    /// <summary>
    /// Exit code and signal. sacct prints <c>code:signal</c>; <c>squeue -O exit_code</c> prints the raw wait status
    /// (exit 3 is 768, SIGKILL is 9), which peers have taken for the exit code.
    /// </summary>
    public static (int? ExitCode, int? Signal) Exit(string text)
    {
        var colon = text.IndexOf(':');
        if (colon >= 0)
        {
            return int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var signal)
                ? Pair(code, signal)
                : (null, null);
        }

        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? Pair((int)(status >> 8) & 0xff, (int)status & 0x7f)
            : (null, null);
    }

    private static (int? ExitCode, int? Signal) Pair(int code, int signal) => (code, signal == 0 ? null : signal);
}
