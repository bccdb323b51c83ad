namespace VirtualKubelet.Controllers.Queues;

/// <summary>
/// Keys that need attention. A key waits at most once however often it is added, and one worker at a time holds it:
/// what is added meanwhile comes up again when that worker is done. Its size is therefore bounded by the number of keys.
/// </summary>
internal sealed class WorkQueue<TKey>(TimeProvider time) : IDisposable
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Queue<TKey> _ready = new();
    private readonly HashSet<TKey> _wanted = [];
    private readonly HashSet<TKey> _held = [];
    private readonly Dictionary<TKey, ITimer> _delayed = [];
    private readonly SemaphoreSlim _available = new(0);
    private bool _disposed;

    /// <summary>Keys that wait for a worker or for their time.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _wanted.Count + _delayed.Count;
            }
        }
    }

    /// <summary>Puts a key up for work now; a delay it had is forgotten.</summary>
    public void Add(TKey key)
    {
        lock (_gate)
        {
            CancelDelay(key);
            if (!_disposed && _wanted.Add(key) && !_held.Contains(key))
            {
                Enqueue(key);
            }
        }
    }

    /// <summary>Puts a key up for work later; of two delays the last one counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        lock (_gate)
        {
            if (_disposed || _wanted.Contains(key))
            {
                return;
            }

            CancelDelay(key);
            _delayed[key] = time.CreateTimer(_ => Add(key), null, delay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Waits for a key and holds it until <see cref="Done"/>.</summary>
    public async Task<TKey> TakeAsync(CancellationToken cancellationToken)
    {
        await _available.WaitAsync(cancellationToken);
        lock (_gate)
        {
            var key = _ready.Dequeue();
            _wanted.Remove(key);
            _held.Add(key);
            return key;
        }
    }

    /// <summary>Lets go of a key.</summary>
    public void Done(TKey key)
    {
        lock (_gate)
        {
            _held.Remove(key);
            if (_wanted.Contains(key))
            {
                Enqueue(key);
            }
        }
    }

    /// <summary>Stops the timers; keys added from now on are ignored.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var timer in _delayed.Values)
            {
                timer.Dispose();
            }

            _delayed.Clear();
        }
    }

    private void Enqueue(TKey key)
    {
        _ready.Enqueue(key);
        _available.Release();
    }

    private void CancelDelay(TKey key)
    {
        if (_delayed.Remove(key, out var timer))
        {
            timer.Dispose();
        }
    }
}
