using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Testing.ApiServer.Scripting;

/// <summary>The watches that are open.</summary>
public sealed class Watches
{
    private readonly Lock _gate = new();
    private readonly List<WatchSession> _open = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Those open now, in the order in which they began.</summary>
    public IReadOnlyList<WatchSession> Open
    {
        get
        {
            lock (_gate)
            {
                return [.. _open];
            }
        }
    }

    /// <summary>Waits for a watch of a resource that is not among those known; it is where changes from now on will be told.</summary>
    public async Task<WatchSession> WaitAsync(ResourceType type, CancellationToken cancellationToken, params WatchSession[] known)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_open.FirstOrDefault(w => w.Request.Route?.Type == type && !known.Contains(w)) is { } found)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until so many watches are open.</summary>
    public async Task WaitForCountAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_open.Count == count)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    internal void Add(WatchSession session) => Change(() => _open.Add(session));

    internal void Remove(WatchSession session) => Change(() => _open.Remove(session));

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
