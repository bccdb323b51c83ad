using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Leadership;

/// <summary>Bounds a request more tightly than its client does: a heartbeat that hangs for a minute is worth less than the next one.</summary>
internal static class RequestBound
{
    /// <summary>Sends a request that has so much time.</summary>
    /// <exception cref="ApiException">It failed; <see cref="ApiErrorKind.TimedOut"/> when the time was up.</exception>
    public static async Task<T> WithinAsync<T>(TimeSpan timeout, TimeProvider time, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await send(either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ApiException(ApiErrorKind.TimedOut, $"no answer within {timeout.TotalSeconds:0.#} s");
        }
    }
}
