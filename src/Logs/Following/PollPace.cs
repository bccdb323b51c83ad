namespace VirtualKubelet.Logs.Following;

/// <summary>When to look at a file again: soon while it grows, doubling up to a bound while it is quiet.</summary>
internal sealed class PollPace(LogOptions options, TimeProvider clock)
{
    // Waking a follower costs some 10 µs; with very many of them lines are gathered a little longer, so that waking stays a part of the work.
    private static readonly TimeSpan PerFollower = TimeSpan.FromMicroseconds(20);

    private TimeSpan _interval = options.MinPollInterval;
    private long _lastGrowth = clock.GetTimestamp();

    /// <summary>The pause after the file has grown; at most <see cref="LogOptions.MaxPollInterval"/>.</summary>
    public TimeSpan AfterGrowth(int followers)
    {
        _lastGrowth = clock.GetTimestamp();
        _interval = options.MinPollInterval;
        var gathering = PerFollower * followers;
        return gathering < _interval ? _interval : gathering > options.MaxPollInterval ? options.MaxPollInterval : gathering;
    }

    /// <summary>The pause after the file has not grown.</summary>
    public TimeSpan AfterSilence()
    {
        var pause = _interval;
        var bound = clock.GetElapsedTime(_lastGrowth) >= options.IdleAfter ? options.IdlePollInterval : options.MaxPollInterval;
        _interval = _interval * 2 < bound ? _interval * 2 : bound;
        return pause;
    }
}
