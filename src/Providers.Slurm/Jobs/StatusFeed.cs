using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>
/// Hands statuses to any number of readers. Per reader at most one status a workload is held: a slow reader misses
/// intermediate states, never the latest one, and its memory is bounded by the number of workloads.
/// </summary>
internal sealed class StatusFeed
{
    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = [];

    /// <summary>Hands a status to every reader.</summary>
    public void Publish(WorkloadStatus status)
    {
        lock (_gate)
        {
            foreach (var subscription in _subscriptions)
            {
                subscription.Offer(status);
            }
        }
    }

    /// <summary>Everything <paramref name="snapshot"/> returns, then each later status.</summary>
    public async IAsyncEnumerable<WorkloadStatus> ReadAsync(
        Func<IEnumerable<WorkloadStatus>> snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var subscription = new Subscription();
        lock (_gate)
        {
            foreach (var status in snapshot())
            {
                subscription.Offer(status);
            }

            _subscriptions.Add(subscription);
        }

        try
        {
            while (true)
            {
                yield return await subscription.TakeAsync(cancellationToken);
            }
        }
        finally
        {
            lock (_gate)
            {
                _subscriptions.Remove(subscription);
            }
        }
    }

    private sealed class Subscription
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, WorkloadStatus> _latest = new(StringComparer.Ordinal);
        private readonly Channel<string> _changed = Channel.CreateUnbounded<string>(new() { SingleReader = true });

        // The channel holds a UID only while _latest does, and so is bounded by the number of workloads.
        public void Offer(WorkloadStatus status)
        {
            lock (_gate)
            {
                var isNew = !_latest.ContainsKey(status.Id.Uid);
                _latest[status.Id.Uid] = status;
                if (isNew)
                {
                    _changed.Writer.TryWrite(status.Id.Uid);
                }
            }
        }

        public async ValueTask<WorkloadStatus> TakeAsync(CancellationToken cancellationToken)
        {
            var uid = await _changed.Reader.ReadAsync(cancellationToken);
            lock (_gate)
            {
                _latest.Remove(uid, out var status);
                return status!;
            }
        }
    }
}
