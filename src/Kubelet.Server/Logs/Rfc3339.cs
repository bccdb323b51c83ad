using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtualKubelet.Kubelet.Server.Logs;

/// <summary>Times as Go's <c>time.Parse(time.RFC3339, …)</c> takes them, which is stricter and wider than .NET's own parsers.</summary>
internal static partial class Rfc3339
{
    /// <summary>Reads a time; fractions finer than 100 ns are cut off, and times before year 1 become the first of it.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (Pattern().Match(text) is not { Success: true } match
            || !DateTime.TryParseExact(
                match.Groups["time"].Value, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            || !TryParseOffset(match, out var offset))
        {
            return false;
        }

        var ticks = local.Ticks + Fraction(match.Groups["fraction"].ValueSpan) - offset.Ticks;
        time = new DateTimeOffset(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero);
        return true;
    }

    [GeneratedRegex(
        @"\A(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})([.,](?<fraction>[0-9]+))?(Z|(?<sign>[+-])(?<hours>[0-9]{2}):(?<minutes>[0-9]{2}))\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();

    private static bool TryParseOffset(Match match, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (!match.Groups["sign"].Success)
        {
            return true;
        }

        var hours = int.Parse(match.Groups["hours"].ValueSpan, CultureInfo.InvariantCulture);
        var minutes = int.Parse(match.Groups["minutes"].ValueSpan, CultureInfo.InvariantCulture);
        offset = new TimeSpan(hours, minutes, 0) * (match.Groups["sign"].ValueSpan is "-" ? -1 : 1);
        return hours <= 24 && minutes < 60;
    }

    private static long Fraction(ReadOnlySpan<char> digits)
    {
        long ticks = 0;
        for (var i = 0; i < 7; i++)
        {
            ticks = (ticks * 10) + (i < digits.Length ? digits[i] - '0' : 0);
        }

        return ticks;
    }
}
