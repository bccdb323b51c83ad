using System.Globalization;

namespace VirtualKubelet.Benchmarks.Agent;

/// <summary>One reading of <c>/metrics</c>.</summary>
internal sealed class AgentMetrics
{
    private readonly IReadOnlyList<string> _lines;

    private AgentMetrics(string text) => _lines = text.Split('\n');

    /// <summary>Asks an agent.</summary>
    public static async Task<AgentMetrics> ReadAsync(HttpClient client, CancellationToken cancellationToken) =>
        new(await client.GetStringAsync("metrics", cancellationToken));

    /// <summary>The sum of a metric's series whose labels hold <paramref name="label"/>; 0 when there are none.</summary>
    public double Sum(string name, string label = "") => _lines
        .Where(l => l.StartsWith(name, StringComparison.Ordinal) && l.Length > name.Length && l[name.Length] is '{' or ' ')
        .Where(l => l.Contains(label, StringComparison.Ordinal))
        .Sum(l => double.Parse(l.AsSpan(l.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
}
