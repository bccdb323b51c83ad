using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Controllers.Queues;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>
/// Keeps a provider in step with a source of pods. One sync loop takes in all news and never waits; workers act on one pod each.
/// Stopping it stops no pod.
/// </summary>
internal sealed class PodController : BackgroundService
{
    private static readonly TimeSpan ProviderHeadStart = TimeSpan.FromSeconds(5);

    private readonly PodControllerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SyncHeartbeat _heartbeat;
    private readonly PodTable _table;
    private readonly ILeadership _leadership;
    private readonly IConfigObjects _objects;
    private readonly PodEvents _events;
    private readonly PodSync _sync;
    private readonly WorkQueue<PodKey> _queue;
    private readonly Backoff<PodKey> _backoff;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly TaskCompletionSource _providerListed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PodController(
        PodControllerOptions options, IPodSource source, IProvider provider, PodTable table, IConfigObjects objects, ILeadership leadership,
        IEventRecorder events, SyncHeartbeat heartbeat, TimeProvider time, ILogger<PodController> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _heartbeat = heartbeat;
        var calls = new ProviderCalls(provider, options.CallTimeout, time);
        _table = table;
        _leadership = leadership;
        _objects = objects;
        _events = new PodEvents(source, calls, options, time);
        _sync = new PodSync(_table, calls, new PodResolver(calls, objects, options), events, logger);
        _queue = new WorkQueue<PodKey>(time);
        _objects.Changed += LookSoon;
        _backoff = new Backoff<PodKey>(options.FirstRetryDelay, options.MaxRetryDelay);
    }

    /// <summary>Runs until the token is cancelled, then lets calls under way end within the drain timeout.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task[] loops =
        [
            LoopAsync("pod source", FollowSourceAsync, cancellationToken),
            LoopAsync("provider watch", _events.FollowProviderAsync, cancellationToken),
            LoopAsync("provider list", _events.ResyncAsync, cancellationToken),
            LoopAsync("ticks", _events.TickAsync, cancellationToken),
            LoopAsync("sync", TakeInAsync, cancellationToken),
            .. Enumerable.Range(0, _options.Workers).Select(_ => WorkAsync(cancellationToken)),
        ];
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DrainAsync(Task.WhenAll(loops));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _objects.Changed -= LookSoon;
        _queue.Dispose();
        _giveUp.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    // What runs is known first, so that no pod shows as waiting again after a restart. A provider that does not answer holds nothing back
    // for long: mistakes in manifests have to show.
    private async Task FollowSourceAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_providerListed.Task, Task.Delay(ProviderHeadStart, _time, cancellationToken));
        await _events.FollowSourceAsync(cancellationToken);
    }

    private async Task TakeInAsync(CancellationToken cancellationToken)
    {
        await foreach (var input in _events.Reader.ReadAllAsync(cancellationToken))
        {
            _heartbeat.Beat();
            foreach (var key in TakeIn(input))
            {
                _queue.Add(key);
            }
        }
    }

    private void LookSoon(PodKey key)
    {
        var rest = _table.UntilRefresh(key, _options.RefreshInterval);
        if (rest > TimeSpan.Zero)
        {
            _queue.AddAfter(key, rest);
        }
        else
        {
            _queue.Add(key);
        }
    }

    private IReadOnlyList<PodKey> TakeIn(PodInput input)
    {
        switch (input)
        {
            case PodInput.SourceBegins:
                _table.BeginListing();
                return [];
            case PodInput.Source source:
                return _table.Apply(source.News);
            case PodInput.Reported reported:
                return [_table.Apply(reported.Status)];
            case PodInput.Listed listed:
                var keys = _table.Apply(listed.All, listed.AskedAt);
                _providerListed.TrySetResult();
                return keys;
            default:
                return [];
        }
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        try
        {
            // Nothing is created before it is known what an earlier process left behind.
            await _providerListed.Task.WaitAsync(stop);
            while (true)
            {
                var key = await _queue.TakeAsync(stop);

                // Before the next step is worked out: while another agent acts for the node, much may happen.
                await _leadership.WaitUntilHeldAsync(stop);
                await WorkOnAsync(key, _giveUp.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping is the way out of the loop.
        }
    }

    private async Task WorkOnAsync(PodKey key, CancellationToken giveUp)
    {
        try
        {
            if (await _sync.SyncAsync(key, giveUp))
            {
                _backoff.Forget(key);
            }
            else
            {
                _queue.AddAfter(key, _backoff.Next(key));
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // The agent stops; the next one goes on from what the provider has recorded.
        }
        catch (ProviderException exception)
        {
            var delay = _backoff.Next(key);
            _logger.SyncDelayed(key, delay, exception.Message);
            _queue.AddAfter(key, delay);
        }
#pragma warning disable CA1031 // A pod that trips over a bug, ours or the provider's, must not take the others with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var delay = _backoff.Next(key);
            _logger.SyncFailed(key, delay, exception);
            _queue.AddAfter(key, delay);
        }
        finally
        {
            _queue.Done(key);
        }
    }

    private async Task DrainAsync(Task loops)
    {
        try
        {
            await loops.WaitAsync(_options.DrainTimeout, _time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            _logger.DrainTimedOut(_options.DrainTimeout);
            await _giveUp.CancelAsync();
        }
    }

    private Task LoopAsync(string name, Func<CancellationToken, Task> body, CancellationToken cancellationToken) =>
        new RestartingLoop(name, _options.FirstRetryDelay, _options.MaxRetryDelay, _time, _logger).RunAsync(body, cancellationToken);
}
