namespace VirtualKubelet.Kubelet.Streaming.Transport;

/// <summary>Fires once nothing has happened for a time. Touching it costs one clock read: the timer looks back instead of being set again.</summary>
internal sealed class IdleTimer : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly Action _expired;
    private readonly ITimer _timer;
    private long _last;

    public IdleTimer(TimeSpan timeout, TimeProvider time, Action expired)
    {
        (_timeout, _time, _expired) = (timeout, time, expired);
        _last = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((IdleTimer)state!).Check(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    public void Touch() => Volatile.Write(ref _last, _time.GetTimestamp());

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        var idle = _time.GetElapsedTime(Volatile.Read(ref _last));
        if (idle >= _timeout)
        {
            _expired();
        }
        else
        {
            _timer.Change(_timeout - idle, Timeout.InfiniteTimeSpan);
        }
    }
}
