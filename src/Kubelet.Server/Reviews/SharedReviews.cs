using VirtualKubelet.Kubelet.Server.Caching;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Kubelet.Server.Reviews;

/// <summary>
/// Answers of the API server, kept for a time. Who asks what is being asked already waits for the same answer. A review belongs to nobody:
/// it goes on when the request that began it has left, and a failure is told to all who wait and is not kept.
/// </summary>
/// <typeparam name="TAnswer">The answers.</typeparam>
/// <param name="kind">Such as <c>token</c>, for metrics.</param>
/// <param name="options">Times and bounds.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedReviews<TAnswer>(string kind, ReviewOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly ExpiringCache<TAnswer> _cache = new(options.MaxCached, time);
    private readonly Dictionary<string, Task<TAnswer>> _running = new(StringComparer.Ordinal);

    /// <summary>The answer to a question.</summary>
    /// <param name="key">The question; short and no secret.</param>
    /// <param name="review">Asks the API server.</param>
    /// <param name="cancellationToken">Ends the wait, not the review.</param>
    /// <exception cref="ApiException">The API server could not be asked.</exception>
    public async Task<TAnswer> AskAsync(string key, Func<CancellationToken, Task<Reviewed<TAnswer>>> review, CancellationToken cancellationToken) =>
        await FindOrBegin(key, review).WaitAsync(cancellationToken);

    private Task<TAnswer> FindOrBegin(string key, Func<CancellationToken, Task<Reviewed<TAnswer>>> review)
    {
        lock (_gate)
        {
            if (_cache.TryGet(key, out var known))
            {
                return Task.FromResult(known);
            }

            if (!_running.TryGetValue(key, out var running))
            {
                running = _running.Count < options.MaxConcurrent
                    ? Task.Run(() => RunAsync(key, review), CancellationToken.None)
                    : throw new ApiException(ApiErrorKind.TooManyRequests, $"{options.MaxConcurrent} {kind} reviews are under way, no more are begun");
                _running.Add(key, running);
            }

            return running;
        }
    }

    private async Task<TAnswer> RunAsync(string key, Func<CancellationToken, Task<Reviewed<TAnswer>>> review)
    {
        try
        {
            var reviewed = await TryAsync(review);
            ReviewMetrics.Answered(kind, reviewed.IsPositive);

            // Kept before it ceases to be under way: nobody comes between the two and asks again.
            _cache.Set(key, reviewed.Answer, reviewed.Lifetime);
            return reviewed.Answer;
        }
        catch
        {
            ReviewMetrics.Failed(kind);
            throw;
        }
        finally
        {
            lock (_gate)
            {
                _running.Remove(key);
            }
        }
    }

    private async Task<Reviewed<TAnswer>> TryAsync(Func<CancellationToken, Task<Reviewed<TAnswer>>> review)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, time);
        ApiException? last = null;
        try
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    return await review(deadline.Token);
                }
                catch (ApiException e) when (e.IsTransient && tries < options.Tries)
                {
                    last = e;
                }

                await Task.Delay(Delay(tries, last.RetryAfter), time, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new ApiException(
                ApiErrorKind.TimedOut, $"no {kind} review within {options.Timeout.TotalSeconds:0.#} s{(last is null ? "" : ": " + last.Message)}", last);
        }
    }

    private TimeSpan Delay(int tries, TimeSpan? asked)
    {
        var delay = options.FirstRetryDelay * Math.Pow(1.5, tries - 1) * (1 + (0.2 * Random.Shared.NextDouble()));
        return asked > delay ? asked.Value : delay;
    }
}
