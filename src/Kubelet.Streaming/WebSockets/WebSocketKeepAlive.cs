namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>
/// Asks the peer at intervals whether it is there, and gives it up after too long a silence. Silence says nothing while we do not read, nor when the peer may
/// have stopped reading because nobody takes what we sent: TCP alone must notice then that it is dead.
/// </summary>
internal sealed class WebSocketKeepAlive : IDisposable
{
    /// <summary>What a pod's process may leave unread without its kubelet being stopped by it.</summary>
    private const int HarmlessBytes = 32 * 1024;

    private readonly WebSocketConnection _connection;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _lastHeard;
    private long _sentWhenAsked;
    private long _sentWhenAnswered;

    public WebSocketKeepAlive(WebSocketConnection connection, StreamingOptions options, TimeProvider time)
    {
        (_connection, _interval, _timeout, _time) = (connection, options.KeepAliveInterval, options.KeepAliveTimeout, time);
        _timer = time.CreateTimer(static state => ((WebSocketKeepAlive)state!).Ask(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start()
    {
        Heard();
        _timer.Change(_interval, _interval);
    }

    /// <summary>Something has come from the peer.</summary>
    public void Heard() => Volatile.Write(ref _lastHeard, _time.GetTimestamp());

    /// <summary>The peer has read all that was sent before the question.</summary>
    public void Answered() => Volatile.Write(ref _sentWhenAnswered, Volatile.Read(ref _sentWhenAsked));

    public void Dispose() => _timer.Dispose();

    private void Ask()
    {
        var sent = _connection.Sender.SentBytes;
        if (_connection.IsHeldUp || _connection.Sender.IsBusy)
        {
            Heard();
            return;
        }

        if (sent - Volatile.Read(ref _sentWhenAnswered) > HarmlessBytes)
        {
            Heard();
        }
        else if (_time.GetElapsedTime(Volatile.Read(ref _lastHeard)) >= _timeout)
        {
            _connection.GiveUp(new TimeoutException($"no sign of life for {_timeout.TotalSeconds:0} s"));
            return;
        }

        Volatile.Write(ref _sentWhenAsked, sent);
        _connection.Probe();
    }
}
