namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>Bounds how many sessions are open at once; who finds no slot is told to come back and never waits for one.</summary>
internal sealed class SessionSlots(int limit)
{
    private int _taken;

    /// <summary>Takes a slot; false when all are taken.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives a slot back.</summary>
    public void Release() => Interlocked.Decrement(ref _taken);
}
