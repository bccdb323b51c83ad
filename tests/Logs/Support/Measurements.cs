using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace VirtualKubelet.Logs.Tests.Support;

/// <summary>What the logs meter of one streamer has counted, from its creation on; create it before, and alone in its test collection.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = new();

    public Measurements()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == LogStreamer.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument, value));
        _listener.Start();
    }

    public long this[string instrument] => _sums.GetValueOrDefault(instrument);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, long value) => _sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
}
