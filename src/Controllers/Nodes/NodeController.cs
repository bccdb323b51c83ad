using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Controllers.Queues;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>Registers the Node and keeps it as it should be, while the agent leads; see README.md.</summary>
internal sealed class NodeController
{
    // Somebody who keeps undoing what we do gets an answer a second.
    private static readonly TimeSpan ShortestRound = TimeSpan.FromSeconds(1);

    private readonly NodeControllerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeController> _logger;
    private readonly NodeLease _lease;
    private readonly NodeEvents _events;
    private readonly NodeDeclaration _declaration;
    private readonly Informer<Node> _informer;
    private readonly NodeSources _sources;
    private readonly NodeRegistration _registration;
    private readonly NodeStatusWriter _status;
    private readonly Backoff<string> _backoff;
    private readonly Channel<bool> _wishes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private string? _trouble;

    /// <summary>Makes the controller of a node.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="backend">Says what the node offers: <see cref="IProvider.GetNodeAsync"/>.</param>
    /// <param name="notReady">Says why the agent cannot run pods now, one reason an entry, and nothing when it can; must not wait.</param>
    /// <param name="lease">Says when the agent may write, and lives as long as the Node.</param>
    /// <param name="events">Where to tell people.</param>
    /// <param name="options">What the node is like.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public NodeController(
        ApiClient client,
        Func<CancellationToken, Task<NodeState>> backend,
        Func<IReadOnlyList<string>> notReady,
        NodeLease lease,
        IEventRecorder events,
        NodeControllerOptions options,
        TimeProvider time,
        ILogger<NodeController> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _lease = lease;
        _events = new NodeEvents(events, options.NodeName);
        _declaration = new NodeDeclaration(options);
        _informer = new Informer<Node>(client, ApiResources.Nodes, InformerOptions.Of(ObjectKey.Cluster(options.NodeName)), time, logger);
        var api = new NodeApi(client, _informer, options, time);
        _sources = new NodeSources(backend, notReady, api, options, time, logger);
        _status = new NodeStatusWriter(api, new NodeStatusBuilder(options), _events, options, time, logger);
        _registration = new NodeRegistration(api, _declaration, _status, lease, _events, options, logger);
        _backoff = new Backoff<string>(options.FirstRetryDelay, options.MaxRetryDelay);
    }

    /// <summary>
    /// Runs until cancelled, and leaves the Node as it is: its jobs go on without the agent, and pods must not be evicted for a restart.
    /// To be run once, by one who leads.
    /// </summary>
    /// <exception cref="ForeignNodeException">The Node is a real kubelet's, and was not touched.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] following = [_informer.RunAsync(stop.Token), FollowAsync(stop.Token)];
        try
        {
            _events.Starting();
            await SyncAsync(cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        var mustRead = false;
        while (true)
        {
            await _lease.WaitUntilHeldAsync(cancellationToken);
            var began = _time.GetTimestamp();
            var (delay, isDoubtful) = await RoundAsync(mustRead, cancellationToken);
            mustRead = isDoubtful;
            await WaitAsync(began, delay, cancellationToken);
        }
    }

    // Says how long to wait for the next one, and whether the Node has to be read anew then.
    private async Task<(TimeSpan Delay, bool IsDoubtful)> RoundAsync(bool mustRead, CancellationToken cancellationToken)
    {
        try
        {
            var view = await _sources.ViewAsync(cancellationToken);
            var node = await _registration.EnsureAsync(view, mustRead, cancellationToken);
            await _status.PostAsync(node, view, cancellationToken);
            _backoff.Forget("");
            _trouble = null;
            return (view.NotReady.Count == 0 ? _options.SyncInterval : _options.UnreadySyncInterval, false);
        }
        catch (ApiException e) when (e.Kind is ApiErrorKind.NotFound or ApiErrorKind.AlreadyExists or ApiErrorKind.Conflict)
        {
            // What was known was old.
            return (_backoff.Next(""), true);
        }
        catch (ApiException e)
        {
            var delay = _backoff.Next("");
            _logger.NodeSyncFailed(e.Message == _trouble ? LogLevel.Debug : LogLevel.Warning, _options.NodeName, delay, e.Message);
            _trouble = e.Message;
            return (delay, true);
        }
#pragma warning disable CA1031 // The loop is the last resort: whatever went wrong is logged and tried again.
        catch (Exception e) when (e is not ForeignNodeException && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var delay = _backoff.Next("");
            _logger.NodeSyncBroke(_options.NodeName, delay, e);
            return (delay, true);
        }
    }

    private async Task WaitAsync(long began, TimeSpan delay, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(delay, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _wishes.Reader.ReadAsync(either.Token);
            var rest = ShortestRound - _time.GetElapsedTime(began);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is time.
        }
    }

    // Wakes the loop when somebody deletes the Node or changes what is ours.
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var news in _informer.WatchAsync(cancellationToken))
        {
            if (IsOfInterest(news))
            {
                _wishes.Writer.TryWrite(true);
            }
        }
    }

    private bool IsOfInterest(InformerEvent<Node> news) => news switch
    {
        InformerEvent<Node>.Deleted => true,
        InformerEvent<Node>.Updated(var before, var now) => before.Spec.Unschedulable != now.Spec.Unschedulable
            || (_declaration.FixMetadata(now) is not null && _declaration.FixMetadata(before) is null)
            || (_declaration.FixTaints(now) is not null && _declaration.FixTaints(before) is null),
        _ => false,
    };
}
