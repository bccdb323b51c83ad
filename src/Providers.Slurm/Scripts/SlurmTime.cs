using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>Reads time limits as people write them: <c>90m</c>, <c>1h30m</c>, or Slurm's own <c>D-HH:MM:SS</c> and its shorter forms.</summary>
internal static partial class SlurmTime
{
    /// <summary>Reads a time limit.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var limit) ? limit : throw new FormatException($"\"{text}\" is no time limit");

    /// <summary>Reads a time limit; false when the text is none, or none above zero.</summary>
    public static bool TryParse(string text, out TimeSpan limit)
    {
        limit = default;
        var match = Duration().Match(text);
        match = match.Success ? match : Clock().Match(text);
        if (!match.Success)
        {
            return false;
        }

        long Part(string name) => match.Groups[name] is { Success: true, Value: var digits }
            ? long.Parse(digits, CultureInfo.InvariantCulture)
            : 0;
        limit = TimeSpan.FromSeconds((((Part("d") * 24) + Part("h")) * 3600) + (Part("m") * 60) + Part("s"));
        return limit > TimeSpan.Zero;
    }

    [GeneratedRegex(@"^(?=.)(?:(?<d>[0-9]{1,4})d)?(?:(?<h>[0-9]{1,6})h)?(?:(?<m>[0-9]{1,6})m)?(?:(?<s>[0-9]{1,8})s)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Duration();

    // sbatch(1): minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes, days-hours:minutes:seconds.
    [GeneratedRegex(@"^(?:(?<m>[0-9]{1,6})(?::(?<s>[0-9]{1,2}))?|(?<h>[0-9]{1,6}):(?<m>[0-9]{1,2}):(?<s>[0-9]{1,2})|(?<d>[0-9]{1,4})-(?<h>[0-9]{1,2})(?::(?<m>[0-9]{1,2})(?::(?<s>[0-9]{1,2}))?)?)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Clock();
}
