using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;

namespace VirtualKubelet.Kubelet.Server.Metrics;

/// <summary>
/// One metric with its series. At most <see cref="MaxSeries"/> series are kept, so that no label can eat the agent's memory:
/// measurements of further label sets go to one series <c>{overflow="true"}</c>, where sums stay right.
/// </summary>
/// <param name="name">As exported.</param>
/// <param name="help">One line for people.</param>
/// <param name="kind">The type.</param>
/// <param name="observed">Whether each scrape asks for all values anew.</param>
/// <param name="bounds">Upper bounds of a histogram's buckets.</param>
internal sealed class Metric(string name, string help, MetricKind kind, bool observed, double[] bounds)
{
    /// <summary>Most series of one metric.</summary>
    public const int MaxSeries = 1000;

    private const string OverflowLabels = "{overflow=\"true\"}";

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>As exported.</summary>
    public string Name => name;

    /// <summary>Whether each scrape asks for all values anew.</summary>
    public bool Observed => observed;

    /// <summary>Takes one measurement.</summary>
    public void Record(double value, bool isDelta, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags);
        if (kind == MetricKind.Histogram)
        {
            series.Observe(value);
        }
        else if (isDelta)
        {
            series.Add(value);
        }
        else
        {
            series.Set(value);
        }
    }

    /// <summary>Forgets all series: what a scrape no longer observes is gone.</summary>
    public void Clear()
    {
        _series.Clear();
        Volatile.Write(ref _count, 0);
    }

    /// <summary>Writes head and series; nothing when there are none.</summary>
    public void Write(StringBuilder text)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        WriteHead(text, name, help, kind);
        foreach (var (_, series) in _series.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            series.Write(text, name, kind);
        }
    }

    /// <summary>Writes HELP and TYPE.</summary>
    public static void WriteHead(StringBuilder text, string name, string help, MetricKind kind)
    {
        var line = help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        text.Append("# HELP ").Append(name).Append(' ').Append(line).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(TypeName(kind)).Append('\n');
    }

    private static string TypeName(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Span<char> buffer = stackalloc char[256];
        var labels = new DefaultInterpolatedStringHandler(0, 0, null, buffer);
        LabelText.Append(ref labels, tags);
        var found = _series.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(labels.Text, out var series)
            ? series
            : Add(labels.Text.ToString());
        labels.Clear();
        return found;
    }

    private Series Add(string labels)
    {
        if (Interlocked.Increment(ref _count) > MaxSeries)
        {
            Interlocked.Decrement(ref _count);
            labels = OverflowLabels;
        }

        return _series.GetOrAdd(labels, static (key, b) => new Series(key, b), bounds);
    }
}
