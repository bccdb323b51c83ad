using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Health;

/// <summary>
/// Log calls return: one is made every half minute, and none for two minutes means that the sink blocks, a full pipe for
/// example (apiserver <c>healthz.LogHealthz</c>). It sees sinks that take Trace, and locks that all levels share.
/// </summary>
internal sealed partial class LogCheck : IHealthCheck, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private long _returned;
    private int _writing;

    public LogCheck(TimeProvider time, ILogger<LogCheck> logger)
    {
        _time = time;
        _logger = logger;
        _returned = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((LogCheck)state!).Write(), this, Interval, Interval);
    }

    public string Name => "log";

    public string? FindFault() =>
        _time.GetElapsedTime(Volatile.Read(ref _returned)) > Patience ? "logging blocked" : null;

    public void Dispose() => _timer.Dispose();

    [LoggerMessage(Level = LogLevel.Trace, Message = "The log takes entries")]
    private static partial void LogAlive(ILogger logger);

    private void Write()
    {
        // One blocked call is proof enough; more would only eat threads.
        if (Interlocked.Exchange(ref _writing, 1) == 1)
        {
            return;
        }

        LogAlive(_logger);
        Volatile.Write(ref _returned, _time.GetTimestamp());
        Volatile.Write(ref _writing, 0);
    }
}
