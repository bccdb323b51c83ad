using Microsoft.Extensions.Logging.Abstractions;

namespace VirtualKubelet.Providers.Slurm.Tests;

public sealed class BackgroundLoopsTests
{
    private readonly BackgroundLoops _loops = new(TimeProvider.System, NullLogger<BackgroundLoops>.Instance);

    [Fact(Timeout = 60_000)]
    public async Task A_loop_that_fails_as_it_is_stopped_does_not_fail_the_stop()
    {
        using var stop = new CancellationTokenSource();
        await _loops.RunAsync(
            "loop",
            async _ =>
            {
                await stop.CancelAsync();
                throw new ProviderException(ProviderErrorKind.Unavailable, "squeue was cut off");
            },
            stop.Token);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_loop_that_fails_is_started_again()
    {
        using var stop = new CancellationTokenSource();
        var starts = 0;
        await _loops.RunAsync(
            "loop",
            async token =>
            {
                if (++starts == 1)
                {
                    throw new InvalidOperationException("a defect");
                }

                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            stop.Token);

        Assert.Equal(2, starts);
    }
}
