namespace VirtualKubelet.Configuration.Reading;

/// <summary>What the user may have meant.</summary>
internal static class Suggestion
{
    /// <summary>Longer words are no typing errors, and comparing them would cost time.</summary>
    private const int MaxLength = 64;

    /// <summary>"did you mean …?", or all that is possible.</summary>
    public static string For(string given, IReadOnlyList<string> known)
    {
        var nearest = given.Length > MaxLength ? null : Nearest(given, known);
        return nearest is null && known.Count == 1 ? $"write {known[0]}"
            : nearest is null ? $"write one of {string.Join(", ", known)}"
            : $"did you mean {Words.Quote(nearest)}?";
    }

    private static string? Nearest(string given, IReadOnlyList<string> known)
    {
        var (word, distance) = known
            .Select(k => (Word: k, Distance: Distance(given.ToUpperInvariant(), k.ToUpperInvariant())))
            .MinBy(k => k.Distance);
        return distance <= Math.Max(1, given.Length / 3) ? word : null;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Step(rows, a, b, i, j);
            }
        }

        return rows[a.Length, b.Length];
    }

    private static int Step(int[,] rows, string a, string b, int i, int j)
    {
        var same = a[i - 1] == b[j - 1] ? 0 : 1;
        var best = Math.Min(rows[i - 1, j - 1] + same, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
        var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
    }
}
