using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>
/// What one consumer has yet to be told. Of each object only the difference between what it was told and what is so is held, in the order in
/// which objects first changed; so a slow consumer costs no more memory than the objects themselves.
/// </summary>
internal sealed class Subscription<T>
    where T : class, IKubernetesObject
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, T> _told = [];
    private readonly Dictionary<ObjectKey, LinkedListNode<PendingChange<T>>> _pending = [];
    private readonly LinkedList<PendingChange<T>> _order = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private LinkedListNode<PendingChange<T>>? _synced;

    /// <summary>An object is there, or changed.</summary>
    public void Set(ObjectKey key, T state)
    {
        lock (_gate)
        {
            var pending = Pend(key);
            if (_told.TryGetValue(key, out var told) && pending.Ended is null && told.Metadata.Uid != state.Metadata.Uid)
            {
                // The one that was told of has gone unseen.
                pending.Ended = pending.Latest?.Metadata.Uid == told.Metadata.Uid ? pending.Latest : told;
                pending.IsEndKnown = false;
            }

            pending.Latest = state;
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>An object is gone.</summary>
    public void Remove(ObjectKey key, T last, bool isLastStateKnown)
    {
        lock (_gate)
        {
            if (!_told.TryGetValue(key, out var told))
            {
                // Came and went unseen: there is nothing to tell.
                if (_pending.Remove(key, out var node))
                {
                    _order.Remove(node);
                }

                return;
            }

            var pending = Pend(key);
            pending.Latest = null;
            if (pending.Ended is null)
            {
                var isTheOneTold = told.Metadata.Uid == last.Metadata.Uid;
                pending.Ended = isTheOneTold ? last : told;
                pending.IsEndKnown = isTheOneTold && isLastStateKnown;
            }
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>A complete list has been told up to here.</summary>
    public void MarkSynced(long generation)
    {
        lock (_gate)
        {
            if (_synced is not null)
            {
                _order.Remove(_synced);
            }

            _synced = _order.AddLast(new PendingChange<T>(default) { SyncedGeneration = generation });
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>What there is to tell, for ever. For one consumer.</summary>
    public async IAsyncEnumerable<InformerEvent<T>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            while (Take() is { } next)
            {
                yield return next;
            }

            await _wake.Reader.ReadAsync(cancellationToken);
        }
    }

    private PendingChange<T> Pend(ObjectKey key)
    {
        if (!_pending.TryGetValue(key, out var node))
        {
            _pending[key] = node = _order.AddLast(new PendingChange<T>(key));
        }

        return node.Value;
    }

    private InformerEvent<T>? Take()
    {
        lock (_gate)
        {
            if (_order.First is not { } first)
            {
                return null;
            }

            var pending = first.Value;
            if (pending.SyncedGeneration is { } generation)
            {
                _order.RemoveFirst();
                _synced = null;
                return new InformerEvent<T>.Synced(generation);
            }

            return Take(pending);
        }
    }

    private InformerEvent<T> Take(PendingChange<T> pending)
    {
        if (pending.Ended is { } ended)
        {
            _told.Remove(pending.Key);
            pending.Ended = null;
            if (pending.Latest is null)
            {
                Settle(pending);
            }

            // Otherwise a namesake comes next.
            return new InformerEvent<T>.Deleted(ended, pending.IsEndKnown);
        }

        Settle(pending);
        var latest = pending.Latest!;
        var before = _told.GetValueOrDefault(pending.Key);
        _told[pending.Key] = latest;
        return before is null ? new InformerEvent<T>.Added(latest) : new InformerEvent<T>.Updated(before, latest);
    }

    private void Settle(PendingChange<T> pending)
    {
        _order.RemoveFirst();
        _pending.Remove(pending.Key);
    }
}
