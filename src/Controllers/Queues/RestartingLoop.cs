using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Controllers.Queues;

/// <summary>Runs a loop for ever: when it ends or fails it starts again after a back-off, which a healthy run resets.</summary>
internal sealed partial class RestartingLoop(string name, TimeSpan firstDelay, TimeSpan ceiling, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan HealthyRun = TimeSpan.FromMinutes(1);

    private readonly Backoff<string> _backoff = new(firstDelay, ceiling);

    /// <summary>Returns, and never throws, once the token is cancelled and the body has ended.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> body, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            try
            {
                await body(cancellationToken);
                LoopEnded(name);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The loop is the last resort: whatever went wrong is logged and tried again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LoopFailed(name, exception);
            }

            if (time.GetElapsedTime(started) >= HealthyRun)
            {
                _backoff.Forget(name);
            }

            await DelayAsync(_backoff.Next(name), cancellationToken);
        }
    }

    private async Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(1, LogLevel.Debug, "Loop {Loop} ended and starts again")]
    private partial void LoopEnded(string loop);

    [LoggerMessage(2, LogLevel.Warning, "Loop {Loop} failed and starts again")]
    private partial void LoopFailed(string loop, Exception exception);
}
