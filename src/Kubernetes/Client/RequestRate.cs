namespace VirtualKubelet.Kubernetes.Client;

/// <summary>
/// A token bucket: so many requests per second in the long run, so many at once after a rest. Who asks gets the next free moment and waits
/// for it, first come, first served; who gives up returns it.
/// </summary>
internal sealed class RequestRate
{
    private readonly Lock _gate = new();
    private readonly double _perSecond;
    private readonly int _burst;
    private readonly TimeProvider _time;
    private double _tokens;
    private long _countedAt;

    public RequestRate(double perSecond, int burst, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(burst);
        _perSecond = perSecond;
        _burst = burst;
        _time = time;
        _tokens = burst;
        _countedAt = time.GetTimestamp();
    }

    /// <summary>Waits for the caller's turn.</summary>
    /// <returns>How long that took.</returns>
    public async ValueTask<TimeSpan> WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wait = Take();
        if (wait <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        try
        {
            await Task.Delay(wait, _time, cancellationToken);
            return wait;
        }
        catch (OperationCanceledException)
        {
            Return();
            throw;
        }
    }

    private TimeSpan Take()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_countedAt, now).TotalSeconds * _perSecond));
            _countedAt = now;
            _tokens--;
            return TimeSpan.FromSeconds(-_tokens / _perSecond);
        }
    }

    private void Return()
    {
        lock (_gate)
        {
            _tokens++;
        }
    }
}
