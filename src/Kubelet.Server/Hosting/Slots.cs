namespace VirtualKubelet.Kubelet.Server.Hosting;

/// <summary>Bounds how much of one kind goes on at once; who finds no slot is told to come back and never waits for one.</summary>
internal sealed class Slots(int limit)
{
    private int _taken;

    /// <summary>Takes a slot; null when all are taken. Disposing gives it back.</summary>
    public IDisposable? TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= limit)
        {
            return new Slot(this);
        }

        Interlocked.Decrement(ref _taken);
        return null;
    }

    private sealed class Slot(Slots owner) : IDisposable
    {
        private Slots? _owner = owner;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _owner, null) is { } slots)
            {
                Interlocked.Decrement(ref slots._taken);
            }
        }
    }
}
