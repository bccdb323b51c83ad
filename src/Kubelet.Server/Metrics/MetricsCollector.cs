using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace VirtualKubelet.Kubelet.Server.Metrics;

/// <summary>
/// Gathers what every meter named <c>VirtualKubelet…</c> measures and writes it in Prometheus' text format 0.0.4. It counts from
/// its own making on, so it is made when the program starts.
/// </summary>
public sealed class MetricsCollector : IDisposable
{
    private const string MeterPrefix = "VirtualKubelet";

    /// <summary>Seconds, from a memory access on disk to a long job step.</summary>
    private static readonly double[] DefaultBounds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Metric> _metrics = new(StringComparer.Ordinal);
    private readonly Lock _scrape = new();

    /// <summary>Begins to count.</summary>
    public MetricsCollector()
    {
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<byte>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<short>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<int>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<long>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<float>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<double>(static (i, v, tags, state) => Record(i, v, tags, state));
        _listener.SetMeasurementEventCallback<decimal>(static (i, v, tags, state) => Record(i, (double)v, tags, state));
        _listener.Start();
    }

    /// <summary>Ends the counting.</summary>
    public void Dispose() => _listener.Dispose();

    /// <summary>Writes all metrics, by name.</summary>
    internal void Write(StringBuilder text)
    {
        // One scrape at a time: another one would clear what this one has just observed.
        lock (_scrape)
        {
            foreach (var metric in _metrics.Values.Where(m => m.Observed))
            {
                metric.Clear();
            }

            _listener.RecordObservableInstruments();
            foreach (var metric in _metrics.Values.OrderBy(m => m.Name, StringComparer.Ordinal))
            {
                metric.Write(text);
            }
        }
    }

    private static void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        ((Metric)state!).Record(value, isDelta: !instrument.IsObservable && !IsGauge(instrument), tags);

    private static bool IsGauge(Instrument instrument) => Definition(instrument) == typeof(Gauge<>);

    private static Type Definition(Instrument instrument) => instrument.GetType().GetGenericTypeDefinition();

    private static MetricKind KindOf(Instrument instrument) => Definition(instrument) switch
    {
        var type when type == typeof(Counter<>) || type == typeof(ObservableCounter<>) => MetricKind.Counter,
        var type when type == typeof(Histogram<>) => MetricKind.Histogram,
        _ => MetricKind.Gauge,
    };

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        _ => KindOf(instrument) == MetricKind.Histogram ? DefaultBounds : [],
    };

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal) || !instrument.GetType().IsGenericType)
        {
            return;
        }

        // Instruments of one name are one metric: the text format allows a name only once.
        var kind = KindOf(instrument);
        var metric = _metrics.GetOrAdd(
            MetricNames.Export(instrument.Name, instrument.Unit, kind),
            static (name, i) => new Metric(name, i.Description ?? i.Name, KindOf(i), i.IsObservable, BoundsOf(i)),
            instrument);
        listener.EnableMeasurementEvents(instrument, metric);
    }
}
