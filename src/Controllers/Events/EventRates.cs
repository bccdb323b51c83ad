namespace VirtualKubelet.Controllers.Events;

/// <summary>A token bucket for each object, so that one that flounders does not flood the cluster (client-go's spam filter).</summary>
internal sealed class EventRates(EventOptions options, TimeProvider time)
{
    private readonly RecentlyUsed<EventSubject, (double Tokens, long CountedAt)> _buckets = new(options.MaxRemembered);

    /// <summary>Takes a token of an object's; false when there is none.</summary>
    public bool TryTake(EventSubject subject)
    {
        var now = time.GetTimestamp();
        var tokens = _buckets.TryGet(subject, out var bucket)
            ? Math.Min(options.Burst, bucket.Tokens + (time.GetElapsedTime(bucket.CountedAt, now) / options.RefillInterval))
            : options.Burst;
        var isAllowed = tokens >= 1;
        _buckets.Set(subject, (isAllowed ? tokens - 1 : tokens, now));
        return isAllowed;
    }
}
