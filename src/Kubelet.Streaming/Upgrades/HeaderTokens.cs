namespace VirtualKubelet.Kubelet.Streaming.Upgrades;

/// <summary>Header values that may come as several lines, as comma-separated lists, or both.</summary>
internal static class HeaderTokens
{
    public static IEnumerable<string> Of(IEnumerable<string?> values) =>
        values.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Go looks for the word anywhere in the value, so do we.</summary>
    public static bool Mentions(IEnumerable<string?> values, string word) =>
        values.Any(value => value is not null && value.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>The first of the client's offers that the server knows.</summary>
    public static string? FirstKnown(IEnumerable<string> offers, IReadOnlyList<string> known) => offers.FirstOrDefault(known.Contains);
}
