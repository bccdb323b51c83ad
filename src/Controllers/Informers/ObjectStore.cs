using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>The objects of an informer: a snapshot that is swapped whole, and those who follow it.</summary>
internal sealed class ObjectStore<T>
    where T : class, IKubernetesObject
{
    private readonly Lock _gate = new();
    private readonly List<Subscription<T>> _subscriptions = [];
    private readonly TaskCompletionSource _firstSync = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile InformerSnapshot<T> _snapshot = InformerSnapshot<T>.Unknown;

    public InformerSnapshot<T> Snapshot => _snapshot;

    /// <summary>Completes with the first list.</summary>
    public Task FirstSync => _firstSync.Task;

    /// <summary>Every object as it is, the mark of a complete list, then changes; and again a mark for each list.</summary>
    public async IAsyncEnumerable<InformerEvent<T>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var subscription = Subscribe();
        try
        {
            await foreach (var change in subscription.ReadAsync(cancellationToken))
            {
                yield return change;
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

    /// <summary>A complete list takes the place of what was there.</summary>
    public InformerSnapshot<T> Replace(ApiList<T> list)
    {
        lock (_gate)
        {
            // The snapshot first: whoever is told of a change and looks finds it there.
            var before = _snapshot;
            var after = new InformerSnapshot<T>(list.Items.ToImmutableDictionary(ObjectKey.Of), list.Metadata.ResourceVersion ?? "", before.ListGeneration + 1);
            _snapshot = after;
            foreach (var (key, gone) in before.Objects.Where(o => !after.Objects.ContainsKey(o.Key)))
            {
                _subscriptions.ForEach(s => s.Remove(key, gone, isLastStateKnown: false));
            }

            foreach (var (key, state) in after.Objects.Where(o => IsNews(before.Find(o.Key), o.Value)))
            {
                _subscriptions.ForEach(s => s.Set(key, state));
            }

            _subscriptions.ForEach(s => s.MarkSynced(after.ListGeneration));
            _firstSync.TrySetResult();
            return after;
        }
    }

    /// <summary>Takes in an event of the watch.</summary>
    public void Apply(WatchEvent<T> news)
    {
        lock (_gate)
        {
            var before = _snapshot;
            var key = ObjectKey.Of(news.Object);
            _snapshot = before with { ResourceVersion = news.ResourceVersion, Objects = Apply(news, key, before.Objects) };
            if (news.Type is WatchEventType.Added or WatchEventType.Modified)
            {
                _subscriptions.ForEach(s => s.Set(key, news.Object));
            }
            else if (news.Type == WatchEventType.Deleted && before.Objects.ContainsKey(key))
            {
                _subscriptions.ForEach(s => s.Remove(key, news.Object, isLastStateKnown: true));
            }
        }
    }

    private static ImmutableDictionary<ObjectKey, T> Apply(WatchEvent<T> news, ObjectKey key, ImmutableDictionary<ObjectKey, T> objects) => news.Type switch
    {
        WatchEventType.Bookmark => objects,
        WatchEventType.Deleted => objects.Remove(key),
        _ => objects.SetItem(key, news.Object),
    };

    private Subscription<T> Subscribe()
    {
        var subscription = new Subscription<T>();
        lock (_gate)
        {
            foreach (var (key, state) in _snapshot.Objects)
            {
                subscription.Set(key, state);
            }

            if (_snapshot.HasSynced)
            {
                subscription.MarkSynced(_snapshot.ListGeneration);
            }

            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    private static bool IsNews(T? before, T now) =>
        before is null || before.Metadata.ResourceVersion != now.Metadata.ResourceVersion || before.Metadata.Uid != now.Metadata.Uid;
}
