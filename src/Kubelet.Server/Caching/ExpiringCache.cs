using System.Diagnostics.CodeAnalysis;

namespace VirtualKubelet.Kubelet.Server.Caching;

/// <summary>Values that hold for a time. A full cache drops what has expired, and if that is nothing, what would expire next.</summary>
/// <typeparam name="TValue">The values.</typeparam>
/// <param name="capacity">Most values, 1 or more.</param>
/// <param name="time">The clock.</param>
internal sealed class ExpiringCache<TValue>(int capacity, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The value of a key, if there is one that still holds.</summary>
    public bool TryGet(string key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry) && Left(entry) > TimeSpan.Zero)
            {
                value = entry.Value;
                return true;
            }

            value = default;
            return false;
        }
    }

    /// <summary>Keeps a value for a time.</summary>
    public void Set(string key, TValue value, TimeSpan lifetime)
    {
        lock (_gate)
        {
            if (_entries.Count >= capacity && !_entries.ContainsKey(key))
            {
                MakeRoom();
            }

            _entries[key] = new Entry(value, time.GetTimestamp(), lifetime);
        }
    }

    private void MakeRoom()
    {
        foreach (var (key, _) in _entries.Where(e => Left(e.Value) <= TimeSpan.Zero).ToList())
        {
            _entries.Remove(key);
        }

        if (_entries.Count >= capacity)
        {
            _entries.Remove(_entries.MinBy(e => Left(e.Value)).Key);
        }
    }

    private TimeSpan Left(Entry entry) => entry.Lifetime - time.GetElapsedTime(entry.Stored);

    private readonly record struct Entry(TValue Value, long Stored, TimeSpan Lifetime);
}
