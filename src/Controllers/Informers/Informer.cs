using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>Objects of the API server, kept in memory and up to date. Everything but <see cref="RunAsync"/> is safe for concurrent use; see README.md.</summary>
internal sealed class Informer<T>
    where T : class, IKubernetesObject
{
    private readonly ObjectStore<T> _store = new();
    private readonly RelistRequests<T> _relists = new();
    private readonly ContactBook _contacts;
    private readonly Reflector<T> _reflector;

    public Informer(ApiClient client, ApiResource<T> resource, InformerOptions options, TimeProvider time, ILogger logger)
    {
        _contacts = new ContactBook(time);
        _reflector = new Reflector<T>(client, resource, options, _store, _relists, _contacts, time, logger);
    }

    /// <summary>The objects as of now.</summary>
    public InformerSnapshot<T> Snapshot => _store.Snapshot;

    /// <summary>Whether there has been a complete list.</summary>
    public bool HasSynced => _store.Snapshot.HasSynced;

    /// <summary>How it is doing.</summary>
    public InformerHealth Health => _contacts.Health(HasSynced);

    /// <summary>Follows the server until cancelled; does not throw. To be run once.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _reflector.RunAsync(cancellationToken);

    /// <summary>Waits for the first complete list.</summary>
    public Task WaitForSyncAsync(CancellationToken cancellationToken) => _store.FirstSync.WaitAsync(cancellationToken);

    /// <summary>
    /// Every object as it is, then <see cref="InformerEvent{T}.Synced"/>, then changes as they come. Each enumeration begins anew. A consumer may
    /// take its time: of each object it is then told the latest state only.
    /// </summary>
    public IAsyncEnumerable<InformerEvent<T>> WatchAsync(CancellationToken cancellationToken) => _store.WatchAsync(cancellationToken);

    /// <summary>
    /// Reads a complete list that begins after this call, agreed upon by the servers, and returns what it showed. Waits as long as there is no
    /// answer. Twice in a row it shows that something is gone beyond a single wrong answer.
    /// </summary>
    public Task<InformerSnapshot<T>> RelistAsync(CancellationToken cancellationToken) => _relists.WaitAsync(cancellationToken);
}
