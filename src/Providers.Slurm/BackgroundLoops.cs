using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>Keeps a loop alive: one that fails is started again after a pause that doubles up to a minute and starts over after a healthy run.</summary>
internal sealed partial class BackgroundLoops(TimeProvider time, ILogger<BackgroundLoops> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HealthyRun = TimeSpan.FromMinutes(5);

    /// <summary>Runs a loop until cancelled.</summary>
    public async Task RunAsync(string name, Func<CancellationToken, Task> loop, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            var started = time.GetTimestamp();
            try
            {
                await loop(cancellationToken);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                // Also what failed for another reason at that very moment: it is not what ends the provider.
                return;
            }
            catch (Exception e)
            {
                pause = time.GetElapsedTime(started) > HealthyRun ? FirstPause : pause;
                LogRestart(e, name, pause.TotalSeconds);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the {Loop} failed and starts again in {Pause} s")]
    private partial void LogRestart(Exception exception, string loop, double pause);
}
