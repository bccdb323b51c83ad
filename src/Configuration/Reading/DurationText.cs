using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>Durations as Kubernetes' configuration files spell them (Go's <c>time.ParseDuration</c>), from milliseconds up: <c>500ms</c>, <c>1h30m</c>.</summary>
public static partial class DurationText
{
    internal const string Pattern = @"(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+";
    internal const int MaxLength = 32;

    private static readonly (string Unit, long Ticks)[] Units =
        [("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond)];

    /// <summary>Reads a duration; false when the text is none, or too long for a <see cref="TimeSpan"/>.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length > MaxLength || !Whole().IsMatch(text))
        {
            return false;
        }

        var ticks = 0m;
        foreach (Match part in Part().Matches(text))
        {
            var factor = Array.Find(Units, u => u.Unit == part.Groups["unit"].Value).Ticks;
            if (!TryMultiply(part.Groups["number"].Value, factor, ref ticks))
            {
                return false;
            }
        }

        if (ticks > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        duration = new TimeSpan((long)ticks);
        return true;
    }

    /// <summary>Writes a duration in the same notation.</summary>
    public static string Write(TimeSpan duration)
    {
        var rest = duration.Ticks;
        var text = "";
        foreach (var (unit, ticks) in Units)
        {
            var count = Math.DivRem(rest, ticks, out rest);
            text += count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{count}{unit}");
        }

        return text.Length == 0 ? "0s" : text;
    }

    private static bool TryMultiply(string number, long factor, ref decimal ticks)
    {
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        ticks += value * factor;
        return true;
    }

    [GeneratedRegex(@"\A" + Pattern + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?<number>[0-9.]+)(?<unit>ms|s|m|h)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Part();
}
