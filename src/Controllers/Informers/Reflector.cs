using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Queues;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>Keeps a store in step with the server: a complete list, then watches, each resumed where the one before ended.</summary>
internal sealed class Reflector<T>(
    ApiClient client, ApiResource<T> resource, InformerOptions options, ObjectStore<T> store, RelistRequests<T> relists, ContactBook contacts, TimeProvider time, ILogger logger)
    where T : class, IKubernetesObject
{
    private const int RefusalsBeforeList = 3;
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HealthyWatch = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OldList = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxAskedDelay = TimeSpan.FromMinutes(2);

    private readonly Backoff<string> _backoff = new(options.FirstRetryDelay, options.MaxRetryDelay);
    private readonly string _name = options.FieldSelector is null ? resource.Plural : $"{resource.Plural} {options.FieldSelector}";
    private bool _needsList = true;
    private long _listedAt = time.GetTimestamp();
    private int _refusals;

    /// <summary>Returns, and never throws, once the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var delay = await RoundAsync(cancellationToken);
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // One watch, after a list if need be; says how long to wait before the next.
    private async Task<TimeSpan> RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_needsList || relists.IsWanted)
            {
                await ListAsync(cancellationToken);
            }

            return await WatchAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (ApiException e)
        {
            return Fail(e);
        }
#pragma warning disable CA1031 // The loop is the last resort: whatever went wrong is logged and tried again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var delay = _backoff.Next(_name);
            logger.InformerBroke(_name, delay, e);
            _needsList = true;
            return delay;
        }
    }

    // Without a version: the latest state, agreed upon. The state from a server's memory that client-go is content with may be old, and what
    // is not in it is no proof of anything.
    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var waiting = relists.Waiting();
        ApiList<T> list;
        try
        {
            list = await client.ListAllAsync(resource, options.Namespace, new ListOptions { FieldSelector = options.FieldSelector }, cancellationToken);
        }
        catch
        {
            InformerMetrics.Listed(resource.Plural, "failed");
            throw;
        }

        var snapshot = store.Replace(list);
        _needsList = false;
        _listedAt = time.GetTimestamp();
        contacts.Answered();
        InformerMetrics.Listed(resource.Plural, "ok");
        logger.Listed(_name, snapshot.Objects.Count, snapshot.ResourceVersion, snapshot.ListGeneration);
        relists.Serve(waiting, snapshot);
    }

    private async Task<TimeSpan> WatchAsync(CancellationToken cancellationToken)
    {
        using var clock = new WatchClock(options, time, cancellationToken);
        var began = time.GetTimestamp();
        var told = 0L;
        InformerMetrics.WatchOpened(resource.Plural);
        relists.Interrupts(clock.Interrupt);
        try
        {
            var end = WatchEnd.Ended;
            await foreach (var news in client.WatchAsync(resource, options.Namespace, Begin(clock), clock.Token))
            {
                told++;
                if (!TakeIn(news, clock))
                {
                    end = WatchEnd.WentBack;
                    break;
                }
            }

            contacts.Answered();
            return Ended(end, told > 0 || time.GetElapsedTime(began) >= ShortWatch);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Ended(clock.HasStalled ? WatchEnd.Stalled : WatchEnd.Interrupted, true);
        }
        finally
        {
            relists.Interrupts(null);
            InformerMetrics.WatchClosed(resource.Plural);
            if (told > 0 || time.GetElapsedTime(began) >= HealthyWatch)
            {
                _backoff.Forget(_name);
                _refusals = 0;
            }
        }
    }

    private WatchOptions Begin(WatchClock clock) => new()
    {
        FieldSelector = options.FieldSelector,
        ResourceVersion = store.Snapshot.ResourceVersion,
        Timeout = clock.Agreed,
        Began = () =>
        {
            contacts.Answered();
            clock.Heard();
        },
    };

    // False when the watch cannot be trusted. Only bookmarks are asked: they say how far the server itself is.
    private bool TakeIn(WatchEvent<T> news, WatchClock clock)
    {
        clock.Heard();
        contacts.Answered();
        InformerMetrics.Told(resource.Plural, news.Type);
        if (news.Type == WatchEventType.Bookmark && IsBefore(news.ResourceVersion, store.Snapshot.ResourceVersion))
        {
            return false;
        }

        store.Apply(news);
        return true;
    }

    private TimeSpan Ended(WatchEnd end, bool wasOfUse)
    {
        InformerMetrics.WatchEnded(resource.Plural, end.ToString());
        logger.WatchEnded(_name, end, store.Snapshot.ResourceVersion);
        if (end == WatchEnd.WentBack)
        {
            _needsList = true;
            return _backoff.Next(_name);
        }

        return wasOfUse ? TimeSpan.Zero : _backoff.Next(_name);
    }

    private TimeSpan Fail(ApiException error)
    {
        contacts.Failed(error);
        InformerMetrics.WatchEnded(resource.Plural, error.Kind.ToString());
        if (error.Kind == ApiErrorKind.Gone)
        {
            return Forgotten();
        }

        var own = _backoff.Next(_name);
        var asked = error.RetryAfter < MaxAskedDelay ? error.RetryAfter.Value : TimeSpan.Zero;
        var delay = own > asked ? own : asked;

        // A version that the server refuses again and again will not become a good one.
        if (error.Code is not null && ++_refusals >= RefusalsBeforeList)
        {
            _needsList = true;
        }

        logger.InformerFailed(_name, error.Message, delay);
        return delay;
    }

    // That is no fault of the server's: what an outage before it made of the wait does not count. A list that is forgotten as soon as it is
    // read is another matter.
    private TimeSpan Forgotten()
    {
        _needsList = true;
        if (time.GetElapsedTime(_listedAt) >= OldList)
        {
            _backoff.Forget(_name);
        }

        var delay = _backoff.Next(_name);
        logger.HistoryGone(_name, store.Snapshot.ResourceVersion, delay);
        return delay;
    }

    // Versions are numbers on every API server there is, and by contract since 1.35; what is none is never before another.
    private static bool IsBefore(string version, string other) =>
        ulong.TryParse(version, out var left) && ulong.TryParse(other, out var right) && left < right;
}
