namespace VirtualKubelet.Controllers.Pods;

/// <summary>When the sync loop turned last, for <c>/healthz/syncloop</c>. It turns about once a second even when nothing happens.</summary>
public sealed class SyncHeartbeat
{
    private readonly TimeProvider _time;
    private long _lastTurn;

    internal SyncHeartbeat(TimeProvider time)
    {
        _time = time;
        Beat();
    }

    /// <summary>The time since the last turn.</summary>
    public TimeSpan SinceLastTurn => _time.GetElapsedTime(Volatile.Read(ref _lastTurn));

    internal void Beat() => Volatile.Write(ref _lastTurn, _time.GetTimestamp());
}
