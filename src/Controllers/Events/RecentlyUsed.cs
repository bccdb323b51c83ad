using System.Diagnostics.CodeAnalysis;

namespace VirtualKubelet.Controllers.Events;

/// <summary>A dictionary of bounded size: the entry not used for longest makes room for a new one. Not safe for concurrent use.</summary>
internal sealed class RecentlyUsed<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _entries = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = new();

    /// <summary>Finds an entry, which counts as use.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (!_entries.TryGetValue(key, out var entry))
        {
            return false;
        }

        _byUse.Remove(entry);
        _byUse.AddLast(entry);
        value = entry.Value.Value;
        return true;
    }

    /// <summary>Adds or replaces an entry.</summary>
    public void Set(TKey key, TValue value)
    {
        if (_entries.Remove(key, out var old))
        {
            _byUse.Remove(old);
        }
        else if (_entries.Count >= capacity)
        {
            _entries.Remove(_byUse.First!.Value.Key);
            _byUse.RemoveFirst();
        }

        _entries[key] = _byUse.AddLast((key, value));
    }
}
