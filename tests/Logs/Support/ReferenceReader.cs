using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace VirtualKubelet.Logs.Tests.Support;

/// <summary>The kubelet's reader, written for obviousness: one line after another, everything in memory.</summary>
internal static partial class ReferenceReader
{
    private static readonly Encoding Bytes = Encoding.Latin1;

    public static byte[] Read(byte[] file, LogSelection selection)
    {
        var shown = new StringBuilder();
        var left = selection.LimitBytes ?? long.MaxValue;
        var records = selection.TailLines ?? long.MaxValue;
        var atLineStart = true;
        var isFirst = true;
        foreach (var line in Tail(SplitLines(Bytes.GetString(file)), selection.TailLines))
        {
            if (records == 0 || left == 0)
            {
                break;
            }

            var match = Record().Match(line);
            if (!match.Success || !TryTime(match, out var time))
            {
                if (isFirst)
                {
                    throw new FormatException("unsupported log format");
                }

                continue;
            }

            isFirst = false;
            records--;
            var content = match.Groups["content"].Value;
            if (match.Groups["tags"].Value.Split(':')[0] == "P")
            {
                content = content.TrimEnd('\n');
            }

            if (IsSelected(match.Groups["stream"].Value, time, selection))
            {
                var text = (selection.Timestamps && atLineStart ? Prefix(match) : "") + content;
                text = text[..(int)Math.Min(text.Length, left)];
                left -= text.Length;
                shown.Append(text);
            }

            atLineStart = content.Length == 0 || content[^1] == '\n';
        }

        return Bytes.GetBytes(shown.ToString());
    }

    private static List<string> SplitLines(string text)
    {
        var lines = new List<string>();
        while (text.Length > 0)
        {
            var end = text.IndexOf('\n', StringComparison.Ordinal) + 1;
            end = end == 0 ? text.Length : end;
            lines.Add(text[..end]);
            text = text[end..];
        }

        return lines;
    }

    private static IEnumerable<string> Tail(List<string> lines, long? tail)
    {
        var complete = lines.Count(l => l.EndsWith('\n'));
        return tail is { } n ? lines.Skip((int)Math.Max(0, complete - n)) : lines;
    }

    private static bool IsSelected(string stream, Int128 nanoseconds, LogSelection selection) =>
        (selection.Streams == LogStreams.All || string.Equals(selection.Streams.ToString(), stream, StringComparison.OrdinalIgnoreCase))
        && (selection.Since is not { } since || nanoseconds >= (Int128)since.UtcTicks * 100);

    private static bool TryTime(Match match, out Int128 nanoseconds)
    {
        var zone = match.Groups["zone"].Value;
        var isValid = DateTimeOffset.TryParseExact(
            match.Groups["second"].Value + (zone == "Z" ? "+00:00" : zone), "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        nanoseconds = ((Int128)time.UtcTicks * 100) + int.Parse(Nanoseconds(match), CultureInfo.InvariantCulture);
        return isValid;
    }

    private static string Nanoseconds(Match match) => match.Groups["fraction"].Value.PadRight(9, '0')[..9];

    private static string Prefix(Match match)
    {
        var zone = match.Groups["zone"].Value;
        return $"{match.Groups["second"].Value}.{Nanoseconds(match)}{(zone is "+00:00" or "-00:00" ? "Z" : zone)} ";
    }

    [GeneratedRegex("^(?<second>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)([.,](?<fraction>[0-9]+))?(?<zone>Z|[+-]\\d\\d:\\d\\d) (?<stream>stdout|stderr) (?<tags>[^ \\n]*) (?<content>.*)\\z", RegexOptions.Singleline)]
    private static partial Regex Record();
}
