using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>Those who wait for a list that begins after they asked.</summary>
internal sealed class RelistRequests<T>
    where T : class, IKubernetesObject
{
    private readonly Lock _gate = new();
    private readonly List<TaskCompletionSource<InformerSnapshot<T>>> _waiting = [];
    private CancellationTokenSource? _interrupt;

    /// <summary>Whether somebody waits.</summary>
    public bool IsWanted
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count > 0;
            }
        }
    }

    /// <summary>Asks for a list and waits for it; interrupts what goes on meanwhile.</summary>
    public async Task<InformerSnapshot<T>> WaitAsync(CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource<InformerSnapshot<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add(waiter);
            Interrupt();
        }

        try
        {
            return await waiter.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                _waiting.Remove(waiter);
            }
        }
    }

    /// <summary>Those whom a list that begins now will serve.</summary>
    public IReadOnlyList<TaskCompletionSource<InformerSnapshot<T>>> Waiting()
    {
        lock (_gate)
        {
            return [.. _waiting];
        }
    }

    /// <summary>Serves them; those who came since wait on.</summary>
    public void Serve(IReadOnlyList<TaskCompletionSource<InformerSnapshot<T>>> served, InformerSnapshot<T> snapshot)
    {
        lock (_gate)
        {
            foreach (var waiter in served)
            {
                _waiting.Remove(waiter);
                waiter.TrySetResult(snapshot);
            }
        }
    }

    /// <summary>Names what a request interrupts from now on; at once if there is one already. Null for nothing.</summary>
    public void Interrupts(CancellationTokenSource? interrupt)
    {
        lock (_gate)
        {
            _interrupt = interrupt;
            if (_waiting.Count > 0)
            {
                Interrupt();
            }
        }
    }

    // Under the lock, so that it is not disposed of meanwhile; what the cancellation sets in motion runs elsewhere, without the lock.
    private void Interrupt() => _ = _interrupt?.CancelAsync();
}
