using VirtualKubelet.Kubelet.Server.Metrics;

namespace VirtualKubelet.Kubelet.Server.Logs;

/// <summary>Bounds how many logs are read at once; who finds no slot is told to come back and never waits for one.</summary>
internal sealed class LogStreamSlots(int limit)
{
    private int _taken;

    /// <summary>Takes a slot; null when all are taken. Disposing gives it back.</summary>
    public IDisposable? TryTake()
    {
        if (Interlocked.Increment(ref _taken) > limit)
        {
            Interlocked.Decrement(ref _taken);
            return null;
        }

        ServerMetrics.LogStreams.Add(1);
        return new Slot(this);
    }

    private void Release()
    {
        Interlocked.Decrement(ref _taken);
        ServerMetrics.LogStreams.Add(-1);
    }

    private sealed class Slot(LogStreamSlots owner) : IDisposable
    {
        private LogStreamSlots? _owner = owner;

        public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Release();
    }
}
