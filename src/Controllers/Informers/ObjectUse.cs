using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>One user's claim on an object; disposing of it gives the claim up.</summary>
internal sealed class ObjectUse<T>(ObjectWatches<T> owner, WatchedObject<T> watched) : IDisposable
    where T : class, IKubernetesObject
{
    private int _disposed;

    /// <summary>The object.</summary>
    public ObjectKey Key => watched.Key;

    /// <summary>What is known about it now.</summary>
    public ObjectState<T> State => watched.State;

    /// <summary>Waits until the server has said whether there is such an object; as long as there is no answer, or a refusal, it has not.</summary>
    public async Task<ObjectState<T>> WaitAsync(CancellationToken cancellationToken)
    {
        await watched.Known.WaitAsync(cancellationToken);
        return watched.State;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            owner.Release(watched);
        }
    }
}
