using System.Globalization;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>Bounds of the delay before a restart.</summary>
/// <param name="First">After the first run.</param>
/// <param name="Longest">What doubling ends at.</param>
internal readonly record struct RestartDelays(TimeSpan First, TimeSpan Longest)
{
    /// <summary>A kubelet's: 10 s to 5 min.</summary>
    public static RestartDelays Kubelet => new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));

    /// <summary>Parses <c>10s..300s</c>; units are <c>ms</c>, <c>s</c> and <c>m</c>. Null when it is not that.</summary>
    public static RestartDelays? Parse(string text)
    {
        var parts = text.Split("..", 2);
        return parts.Length == 2 && Duration(parts[0]) is { } first && Duration(parts[1]) is { } longest && first <= longest
            ? new(first, longest)
            : null;
    }

    private static TimeSpan? Duration(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (!int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            _ => null,
        };
    }
}
