using System.Security.Cryptography;

namespace VirtualKubelet.Controllers.Queues;

/// <summary>
/// Delays that double with each failure in a row up to a ceiling and never give up. Each is drawn from the upper half of its range,
/// so that many pods that failed together do not come back together.
/// </summary>
internal sealed class Backoff<TKey>(TimeSpan first, TimeSpan ceiling)
    where TKey : notnull
{
    private const int MaxDoublings = 30;

    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, int> _failures = [];

    /// <summary>Counts a failure of a key and says how long to wait.</summary>
    public TimeSpan Next(TKey key)
    {
        int failures;
        lock (_gate)
        {
            failures = _failures.GetValueOrDefault(key);
            _failures[key] = Math.Min(failures + 1, MaxDoublings);
        }

        var full = Math.Min(first.TotalMilliseconds * Math.Pow(2, failures), ceiling.TotalMilliseconds);
        var half = Math.Max(1, (int)(full / 2));
        return TimeSpan.FromMilliseconds(full - half + RandomNumberGenerator.GetInt32(half + 1));
    }

    /// <summary>A key succeeded, or is gone.</summary>
    public void Forget(TKey key)
    {
        lock (_gate)
        {
            _failures.Remove(key);
        }
    }
}
