using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.Queues;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>
/// Tells the API server how the node's pods fare, and deletes their objects when they are over. What is to be told is worked out anew each time,
/// from what the table knows and what the API server has: nothing is queued but names, and a restart forgets nothing.
/// </summary>
internal sealed class PodWriter : IDisposable
{
    private readonly PodUpdates _updates;
    private readonly Informer<Pod> _informer;
    private readonly PodTable _table;
    private readonly ILeadership _leadership;
    private readonly ApiPodOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkQueue<PodKey> _queue;
    private readonly Backoff<PodKey> _backoff;
    private readonly DroppedFields _dropped = new();
    private readonly ConcurrentDictionary<PodKey, WrittenStatus> _written = new();
    private readonly ConcurrentDictionary<PodKey, (long Since, TimeSpan Length)> _pauses = new();

    public PodWriter(
        PodUpdates updates, Informer<Pod> informer, PodTable table, ILeadership leadership, ApiPodOptions options, TimeProvider time, ILogger<PodWriter> logger)
    {
        _updates = updates;
        _informer = informer;
        _table = table;
        _leadership = leadership;
        _options = options;
        _time = time;
        _logger = logger;
        _queue = new WorkQueue<PodKey>(time);
        _backoff = new Backoff<PodKey>(options.FirstRetryDelay, options.MaxRetryDelay);
        _table.Changed += _queue.Add;
        ApiPodMetrics.Watch(this, () => _queue.Count);
    }

    /// <summary>Runs until the token is cancelled; what is then still to be told is told by the next agent.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, _options.Workers).Select(_ => WorkAsync(cancellationToken)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _table.Changed -= _queue.Add;
        ApiPodMetrics.Forget(this);
        _queue.Dispose();
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var key = await _queue.TakeAsync(stop);
                await _leadership.WaitUntilHeldAsync(stop);
                await WorkOnAsync(key, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping is the way out of the loop.
        }
    }

    private async Task WorkOnAsync(PodKey key, CancellationToken cancellationToken)
    {
        try
        {
            if (Delay(key) is { } delay)
            {
                _queue.AddAfter(key, delay);
                return;
            }

            await SyncAsync(key, cancellationToken);
            _backoff.Forget(key);
        }
        catch (ApiException exception)
        {
            var delay = Later(key, exception.RetryAfter);
            _logger.WriteDelayed(key, delay, exception.Message);
        }
#pragma warning disable CA1031 // A pod that trips over a bug must not take the others with it.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _logger.WriteFailed(key, Later(key, null), exception);
        }
        finally
        {
            _queue.Done(key);
        }
    }

    private async Task SyncAsync(PodKey key, CancellationToken cancellationToken)
    {
        var written = _written.GetValueOrDefault(key);
        if (_informer.Snapshot.Find(new ObjectKey(key.Namespace, key.Name)) is not { Metadata.Uid: { } uid } watched || _table.Find(key, uid) is not { } report)
        {
            // Gone, or another one that is yet to be told of.
            _written.TryRemove(key, out _);
            _pauses.TryRemove(key, out _);
            return;
        }

        var stored = WrittenStatus.Newest(watched, written);
        if (StatusPatch.Between(stored, report.Status, _dropped) is { } patch && written?.IsVain(stored, patch.ToJsonString()) != true)
        {
            if (await WriteAsync(stored, report.Status, patch, cancellationToken) is not { } now)
            {
                return;
            }

            _written[key] = written = now;
            _pauses[key] = (_time.GetTimestamp(), _options.PatchInterval);
            stored = now.Answer;
        }

        // Never before a last status was written, which is what tells others how the pod ended; but for a status that is not valid nobody waits for ever.
        if (report.IsOver && stored.Metadata.DeletionTimestamp is not null && (PodPhases.IsTerminal(stored.Status?.Phase) || written?.IsInvalid == true))
        {
            await _updates.DeleteAsync(stored, cancellationToken);
        }
    }

    private async Task<WrittenStatus?> WriteAsync(Pod stored, PodStatus wanted, JsonObject patch, CancellationToken cancellationToken)
    {
        try
        {
            if (await _updates.PatchAsync(stored, wanted, patch, cancellationToken) is not { } answer)
            {
                return null;
            }

            var residue = StatusPatch.Between(answer, wanted, _dropped);
            _dropped.Learn(residue);
            return new WrittenStatus(answer, residue?.ToJsonString());
        }
        catch (ApiException exception) when (exception.Kind == ApiErrorKind.Invalid)
        {
            _logger.StatusInvalid(PodKey.Of(stored), stored.Metadata.Uid!, exception.Message);
            return await WriteOutcomeAsync(stored, wanted, cancellationToken);
        }
    }

    // Of a pod that has ended, how it ended is told alone: others wait for just that. It is valid unless the pod itself is not.
    private async Task<WrittenStatus?> WriteOutcomeAsync(Pod stored, PodStatus wanted, CancellationToken cancellationToken)
    {
        var answer = stored;
        var outcome = new PodStatus { Phase = wanted.Phase, Reason = wanted.Reason, Message = wanted.Message };
        try
        {
            if (PodPhases.IsTerminal(wanted.Phase) && StatusPatch.Between(stored, outcome, _dropped) is { } patch)
            {
                answer = await _updates.PatchAsync(stored, outcome, patch, cancellationToken);
            }
        }
        catch (ApiException exception) when (exception.Kind == ApiErrorKind.Invalid)
        {
            _logger.StatusInvalid(PodKey.Of(stored), stored.Metadata.Uid!, exception.Message);
        }

        return answer is null ? null : new WrittenStatus(answer, StatusPatch.Between(answer, wanted, _dropped)?.ToJsonString(), IsInvalid: true);
    }

    private TimeSpan? Delay(PodKey key)
    {
        if (!_pauses.TryGetValue(key, out var pause))
        {
            return null;
        }

        var left = pause.Length - _time.GetElapsedTime(pause.Since);
        return left > TimeSpan.Zero ? left : null;
    }

    // Changes that come meanwhile wait as well: a server in trouble is not asked more often because a pod is busy.
    private TimeSpan Later(PodKey key, TimeSpan? asked)
    {
        var delay = _backoff.Next(key);
        delay = asked > delay ? asked.Value : delay;
        _pauses[key] = (_time.GetTimestamp(), delay);
        _queue.AddAfter(key, delay);
        return delay;
    }
}
