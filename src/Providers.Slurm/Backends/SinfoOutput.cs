using System.Globalization;

namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>Reads what <c>sinfo -N</c> prints and adds up the nodes that jobs can use.</summary>
internal static class SinfoOutput
{
    private static readonly FixedColumns Columns = new(
        ("NodeList", 128),
        ("CPUs", 16),
        ("Memory", 20),
        ("StateLong", 32),
        ("Gres", 512));

    private static readonly string[] Unusable =
        ["down", "drain", "fail", "error", "unknown", "inval", "maint", "future", "reboot"];

    /// <summary>The argument of <c>-O</c>.</summary>
    public static string Format => Columns.Format;

    /// <summary>Totals of the usable nodes; a node of several partitions counts once.</summary>
    public static BackendNode Parse(string version, string output)
    {
        long cpus = 0, memory = 0;
        var gres = new Dictionary<string, long>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in Columns.Rows(output))
        {
            if (!IsUsable(row[3]) || !seen.Add(row[0]))
            {
                continue;
            }

            cpus += Number(row[1]);
            memory += Number(row[2]);
            AddGres(gres, row[4]);
        }

        return new BackendNode(version, cpus, memory, gres, seen.Count);
    }

    // A trailing mark qualifies the state: * is "does not respond", the others (~ # ! % $ @ ^ - +) tell of power and reservations.
    private static bool IsUsable(string state) =>
        !state.EndsWith('*') && !Unusable.Any(word => state.Contains(word, StringComparison.OrdinalIgnoreCase));

    // "gpu:a100:4(S:0-1),gpu:2,shard:8": name, optional type, count; a count without a number is 1.
    private static void AddGres(Dictionary<string, long> total, string text)
    {
        if (SlurmValues.Word(text) is not { } list)
        {
            return;
        }

        foreach (var item in WithoutParentheses(list).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = item.Split(':');
            var hasCount = parts.Length > 1 && long.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
            var count = hasCount ? Number(parts[^1]) : 1;
            var name = string.Join(':', hasCount ? parts[..^1] : parts);
            total[name] = total.GetValueOrDefault(name) + count;
            if (name.Contains(':', StringComparison.Ordinal))
            {
                total[parts[0]] = total.GetValueOrDefault(parts[0]) + count;
            }
        }
    }

    private static string WithoutParentheses(string text)
    {
        int open;
        while ((open = text.IndexOf('(', StringComparison.Ordinal)) >= 0)
        {
            var close = text.IndexOf(')', open);
            text = text.Remove(open, (close < 0 ? text.Length : close + 1) - open);
        }

        return text;
    }

    private static long Number(string text) =>
        long.TryParse(text.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
