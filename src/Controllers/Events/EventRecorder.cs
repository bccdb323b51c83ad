using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Queues;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Events;

/// <summary>
/// Tells the API server of events, one at a time and in order, behind a bounded queue: when it is full, new events are dropped, since the
/// older ones say how it came about. Notes taken before <see cref="RunAsync"/> wait for it.
/// </summary>
internal sealed class EventRecorder : IEventRecorder
{
    private readonly ApiClient _client;
    private readonly EventOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EventRecorder> _logger;
    private readonly Channel<EventNote> _queue;
    private readonly EventLedger _ledger;
    private readonly EventRates _rates;
    private int _isOverflowing;

    public EventRecorder(ApiClient client, EventOptions options, TimeProvider time, ILogger<EventRecorder> logger)
    {
        _client = client;
        _options = options;
        _time = time;
        _logger = logger;
        _queue = Channel.CreateBounded<EventNote>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true });
        _ledger = new EventLedger(options);
        _rates = new EventRates(options, time);
    }

    /// <inheritdoc/>
    public void Record(ObjectReference about, EventSeverity severity, string reason, string message)
    {
        if (_queue.Writer.TryWrite(new EventNote(about, severity, reason, message, _time.GetUtcNow())))
        {
            return;
        }

        EventMetrics.WasDropped("full");
        if (Interlocked.Exchange(ref _isOverflowing, 1) == 0)
        {
            _logger.EventsOverflow(_options.QueueCapacity);
        }
    }

    /// <summary>Sends until cancelled; does not throw. What waits then is lost. To be run once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var note in _queue.Reader.ReadAllAsync(cancellationToken))
            {
                NoteRoom();
                await TakeInAsync(note, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the run.
        }
    }

    // Said again only after an end: while it is full, each event that goes makes room for one that is kept.
    private void NoteRoom()
    {
        if (_queue.Reader.Count < _options.QueueCapacity / 2)
        {
            Volatile.Write(ref _isOverflowing, 0);
        }
    }

    private async Task TakeInAsync(EventNote note, CancellationToken cancellationToken)
    {
        // Entered before it is filtered: what is not told is still counted when it is told again.
        var entered = _ledger.Enter(note);
        if (!_rates.TryTake(EventSubject.Of(note.About)))
        {
            EventMetrics.WasDropped("rate");
            _logger.EventFiltered(note.Reason, note.About.Name);
            return;
        }

        try
        {
            await SendAsync(entered, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever is wrong with one event must not stop the others.
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            EventMetrics.WasDropped("failed");
            _logger.EventBroke(note.Reason, note.About.Name, e);
        }
    }

    private async Task SendAsync(Event told, CancellationToken cancellationToken)
    {
        var backoff = new Backoff<string>(_options.FirstRetryDelay, _options.MaxRetryDelay);
        for (var tries = 1; ; tries++)
        {
            TimeSpan delay;
            try
            {
                await TryAsync(told, cancellationToken);
                EventMetrics.Told(isRepeat: told.Count > 1);
                return;
            }
            catch (ApiException e) when (e.IsTransient && tries < _options.MaxTries)
            {
                delay = backoff.Next("");
                _logger.EventDelayed(told.Reason, told.InvolvedObject.Name, delay, e.Message);
            }
            catch (ApiException e) when (e.Kind == ApiErrorKind.AlreadyExists)
            {
                // An earlier try got through, and only its answer was lost.
                return;
            }
            catch (ApiException e)
            {
                EventMetrics.WasDropped("failed");
                _logger.EventDropped(told.Reason, told.InvolvedObject.Name, e.Message);
                return;
            }

            await Task.Delay(delay, _time, cancellationToken);
        }
    }

    private async Task TryAsync(Event told, CancellationToken cancellationToken)
    {
        if (told.Count > 1)
        {
            try
            {
                await _client.PatchAsync(ApiResources.Events, ObjectKey.Of(told), Repeat(told), cancellationToken);
                return;
            }
            catch (ApiException e) when (e.Kind == ApiErrorKind.NotFound)
            {
                // API servers forget events after an hour or so: it is told anew.
            }
        }

        await _client.CreateAsync(ApiResources.Events, told, cancellationToken);
    }

    private static Patch Repeat(Event told) => Patch.StrategicMerge(new()
    {
        ["count"] = told.Count,
        ["lastTimestamp"] = told.LastTimestamp!.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    });
}
