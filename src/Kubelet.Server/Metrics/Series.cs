using System.Globalization;
using System.Text;

namespace VirtualKubelet.Kubelet.Server.Metrics;

/// <summary>One set of labels of a metric and what was measured for it.</summary>
/// <param name="labels">As <see cref="LabelText"/> writes them.</param>
/// <param name="bounds">Upper bounds of a histogram's buckets, ascending; empty for other kinds.</param>
internal sealed class Series(string labels, double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds.Length];
    private double _value;
    private long _count;

    /// <summary>Adds to a counter or gauge.</summary>
    public void Add(double amount)
    {
        lock (_gate)
        {
            _value += amount;
        }
    }

    /// <summary>Sets a gauge, or a counter that is observed as a whole.</summary>
    public void Set(double value)
    {
        lock (_gate)
        {
            _value = value;
        }
    }

    /// <summary>Counts a value of a histogram.</summary>
    public void Observe(double value)
    {
        // A value equal to a bound belongs to its bucket: "le" is less or equal.
        var bucket = Array.BinarySearch(bounds, value);
        bucket = bucket < 0 ? ~bucket : bucket;
        lock (_gate)
        {
            _value += value;
            _count++;
            if (bucket < _buckets.Length)
            {
                _buckets[bucket]++;
            }
        }
    }

    /// <summary>Writes the series' lines.</summary>
    public void Write(StringBuilder text, string name, MetricKind kind)
    {
        lock (_gate)
        {
            if (kind == MetricKind.Histogram)
            {
                WriteHistogram(text, name);
            }
            else
            {
                WriteLine(text, name, labels, _value);
            }
        }
    }

    /// <summary>Writes one line of the text format.</summary>
    public static void WriteLine(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append(labels).Append(' ').Append(Format(value)).Append('\n');

    private static string Format(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private void WriteHistogram(StringBuilder text, string name)
    {
        long below = 0;
        for (var i = 0; i < bounds.Length; i++)
        {
            below += _buckets[i];
            WriteLine(text, name + "_bucket", WithBound(bounds[i]), below);
        }

        WriteLine(text, name + "_bucket", WithBound(double.PositiveInfinity), _count);
        WriteLine(text, name + "_sum", labels, _value);
        WriteLine(text, name + "_count", labels, _count);
    }

    private string WithBound(double bound) =>
        labels.Length == 0 ? $"{{le=\"{Format(bound)}\"}}" : $"{labels[..^1]},le=\"{Format(bound)}\"}}";
}
