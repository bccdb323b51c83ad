namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>Bounds how many sessions are open at once; who finds no slot is told to come back and never waits for one.</summary>
internal sealed class SessionSlots(int limit)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _empty;
    private int _taken;

    /// <summary>Takes a slot; false when all are taken.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            if (_taken == limit)
            {
                return false;
            }

            _taken++;
            return true;
        }
    }

    /// <summary>Gives a slot back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (--_taken == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    /// <summary>Completes when no slot is taken.</summary>
    public Task EmptyAsync()
    {
        lock (_gate)
        {
            if (_taken == 0)
            {
                return Task.CompletedTask;
            }

            _empty = _empty is { Task.IsCompleted: false } waiting ? waiting : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _empty.Task;
        }
    }
}
