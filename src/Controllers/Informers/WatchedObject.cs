using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Queues;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>One object that is kept up to date as long as somebody needs it: by a watch, or, where there are too many, by looking now and then.</summary>
internal sealed class WatchedObject<T> : IDisposable
    where T : class, IKubernetesObject
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    private readonly ApiClient _client;
    private readonly ApiResource<T> _resource;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<ObjectKey> _changed;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Informer<T>? _informer;
    private volatile ObjectState<T> _polled = new(false, null, null);

    public WatchedObject(
        ApiClient client, ApiResource<T> resource, ObjectKey key, TimeSpan? pollInterval, TimeProvider time, ILogger logger, Action<ObjectKey> changed)
    {
        _client = client;
        _resource = resource;
        _time = time;
        _logger = logger;
        _changed = changed;
        Key = key;
        PollInterval = pollInterval;
        _informer = pollInterval is null ? new Informer<T>(client, resource, InformerOptions.Of(key), time, logger) : null;
    }

    public ObjectKey Key { get; }

    /// <summary>Those who need it.</summary>
    public int Users { get; set; }

    /// <summary>How often it is looked at; null when it is watched.</summary>
    public TimeSpan? PollInterval { get; }

    /// <summary>Ends when the object was closed and nothing is under way.</summary>
    public Task Run { get; private set; } = Task.CompletedTask;

    /// <summary>What is known now.</summary>
    public ObjectState<T> State => _informer is { } informer
        ? new ObjectState<T>(informer.HasSynced, informer.Snapshot.Find(Key), informer.Health.LastError)
        : _polled;

    /// <summary>Completes when the server has said something about the object.</summary>
    public Task Known => _known.Task;

    public void Start() => Run = Task.Run(() => _informer is { } informer
        ? Task.WhenAll(informer.RunAsync(_stop.Token), LoopAsync(cancellationToken => FollowAsync(informer, cancellationToken)))
        : LoopAsync(PollAsync));

    /// <summary>Lets go of it; <see cref="Run"/> ends soon.</summary>
    public void Close() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private Task LoopAsync(Func<CancellationToken, Task> body) =>
        new RestartingLoop($"{_resource.Plural} {Key}", FirstDelay, MaxDelay, _time, _logger).RunAsync(body, _stop.Token);

    private async Task FollowAsync(Informer<T> informer, CancellationToken cancellationToken)
    {
        await foreach (var _ in informer.WatchAsync(cancellationToken))
        {
            if (informer.HasSynced)
            {
                _known.TrySetResult();
                _changed(Key);
            }
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        InformerMetrics.PollingBegan(_resource.Plural);
        try
        {
            while (true)
            {
                Take(await ReadAsync(cancellationToken));
                await Task.Delay(PollInterval!.Value, _time, cancellationToken);
            }
        }
        catch (ApiException e)
        {
            _polled = _polled with { Error = e };
            throw;
        }
        finally
        {
            InformerMetrics.PollingEnded(_resource.Plural);
        }
    }

    private async Task<T?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _client.GetAsync(_resource, Key, cancellationToken);
        }
        catch (ApiException e) when (e.Kind == ApiErrorKind.NotFound)
        {
            return null;
        }
    }

    private void Take(T? read)
    {
        var before = _polled;
        _polled = new ObjectState<T>(true, read, null);
        _known.TrySetResult();
        if (!before.IsKnown || before.Object?.Metadata.ResourceVersion != read?.Metadata.ResourceVersion)
        {
            _changed(Key);
        }
    }
}
