using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>
/// Keeps single objects up to date for those who need them, such as the Secrets that bound pods name. The first user opens a watch, the
/// last one closes it. The number of watches is bounded; an object for which there was none left is looked at now and then as long as it is used.
/// </summary>
internal sealed class ObjectWatches<T>(
    ApiClient client, ApiResource<T> resource, ObjectWatchOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
    where T : class, IKubernetesObject
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, WatchedObject<T>> _open = [];
    private readonly HashSet<Task> _closing = [];
    private int _watches;
    private bool _disposed;

    /// <summary>An object became known, changed, or is gone. Handlers must not wait: the place to put a key into a queue.</summary>
    public event Action<ObjectKey>? Changed;

    /// <summary>Objects in use.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Claims an object.</summary>
    public ObjectUse<T> Use(ObjectKey key)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_open.TryGetValue(key, out var watched))
            {
                _open[key] = watched = Open(key);
            }

            watched.Users++;
            return new ObjectUse<T>(this, watched);
        }
    }

    /// <summary>Closes all watches, whoever uses them.</summary>
    public async ValueTask DisposeAsync()
    {
        Task closing;
        lock (_gate)
        {
            _disposed = true;
            foreach (var watched in _open.Values.ToArray())
            {
                Close(watched);
            }

            closing = Task.WhenAll(_closing);
        }

        await Task.WhenAny(closing, Task.Delay(options.CloseTimeout, time));
    }

    internal void Release(WatchedObject<T> watched)
    {
        lock (_gate)
        {
            if (--watched.Users == 0 && !_disposed)
            {
                Close(watched);
            }
        }
    }

    private WatchedObject<T> Open(ObjectKey key)
    {
        var isWatched = _watches < options.MaxWatches;
        if (isWatched)
        {
            _watches++;
        }
        else
        {
            logger.TooManyWatches(resource.Plural, _watches, options.PollInterval);
        }

        var watched = new WatchedObject<T>(client, resource, key, isWatched ? null : options.PollInterval, time, logger, changed => Changed?.Invoke(changed));
        watched.Start();
        return watched;
    }

    private void Close(WatchedObject<T> watched)
    {
        _open.Remove(watched.Key);
        _watches -= watched.PollInterval is null ? 1 : 0;
        var closing = CloseAsync(watched);
        _closing.Add(closing);
        closing.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static async Task CloseAsync(WatchedObject<T> watched)
    {
        // Not under the lock: what a cancellation sets in motion may come back here.
        await Task.Yield();
        watched.Close();
        await watched.Run;
        watched.Dispose();
    }

    private void Forget(Task closed)
    {
        lock (_gate)
        {
            _closing.Remove(closed);
        }
    }
}
