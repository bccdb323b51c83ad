namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>Quotes words for a POSIX shell.</summary>
internal static class ShellQuote
{
    /// <summary>One word in single quotes, in which a shell gives no character a meaning but the quote itself.</summary>
    /// <exception cref="ArgumentException">The word holds a NUL, which no argument can carry.</exception>
    public static string Word(string word) =>
        word.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException("a shell word cannot hold a NUL", nameof(word))
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
