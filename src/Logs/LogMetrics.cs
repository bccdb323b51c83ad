using System.Diagnostics.Metrics;

namespace VirtualKubelet.Logs;

/// <summary>What the meter <c>VirtualKubelet.Logs</c> tells about one <see cref="LogStreamer"/>.</summary>
internal sealed class LogMetrics : IDisposable
{
    private readonly Meter _meter = new(LogStreamer.MeterName);
    private readonly UpDownCounter<int> _follows;
    private readonly UpDownCounter<int> _tailers;
    private readonly Counter<long> _bytesSent;
    private readonly Counter<long> _bytesTailed;
    private readonly Counter<long> _fallbacks;

    public LogMetrics()
    {
        _follows = _meter.CreateUpDownCounter<int>("logs.follows.open", "{follow}", "Follows that are open.");
        _tailers = _meter.CreateUpDownCounter<int>("logs.tailers.open", "{file}", "Files that are being followed, whatever the number of followers.");
        _bytesSent = _meter.CreateCounter<long>("logs.bytes.sent", "By", "Bytes handed to clients.");
        _bytesTailed = _meter.CreateCounter<long>("logs.bytes.tailed", "By", "Bytes of followed files read on behalf of all their followers.");
        _fallbacks = _meter.CreateCounter<long>("logs.follower.fallbacks", "{fallback}", "Times a slow follower was sent to read the file by itself.");
        _meter.CreateObservableCounter("logs.bytes.dropped", static () => 0L, "By", "Bytes dropped: always 0, a follow that cannot be complete fails.");
    }

    public void FollowOpened() => _follows.Add(1);

    public void FollowClosed() => _follows.Add(-1);

    public void TailerOpened() => _tailers.Add(1);

    public void TailerClosed() => _tailers.Add(-1);

    public void BytesSent(long bytes) => _bytesSent.Add(bytes);

    public void BytesTailed(long bytes) => _bytesTailed.Add(bytes);

    public void FellBack() => _fallbacks.Add(1);

    public void Dispose() => _meter.Dispose();
}
