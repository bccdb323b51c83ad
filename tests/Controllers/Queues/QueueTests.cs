using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Controllers.Queues;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Controllers.Tests.Queues;

public sealed class QueueTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact(Timeout = 20_000)]
    public async Task A_key_waits_once_and_is_held_by_one_worker()
    {
        using var queue = new WorkQueue<string>(_time);
        queue.Add("a");
        queue.Add("a");
        queue.Add("b");
        Assert.Equal("a", await queue.TakeAsync(CancellationToken.None));
        queue.Add("a");

        Assert.Equal("b", await queue.TakeAsync(CancellationToken.None));
        var next = queue.TakeAsync(CancellationToken.None);
        Assert.False(next.IsCompleted);
        queue.Done("a");
        Assert.Equal("a", await next);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_delayed_key_comes_when_its_time_has_come_or_when_it_is_added()
    {
        using var queue = new WorkQueue<string>(_time);
        queue.AddAfter("a", TimeSpan.FromSeconds(10));
        queue.AddAfter("b", TimeSpan.FromSeconds(99));
        var first = queue.TakeAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a", await first);

        queue.Add("b");
        Assert.Equal("b", await queue.TakeAsync(CancellationToken.None));
        queue.Done("b");
        var none = queue.TakeAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(200));
        Assert.False(none.IsCompleted);
    }

    [Fact]
    public void Delays_double_within_their_jitter_up_to_the_ceiling_and_start_again_after_a_success()
    {
        var backoff = new Backoff<string>(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        for (var i = 0; i < 50; i++)
        {
            var full = Math.Min(Math.Pow(2, i), 300);
            Assert.InRange(backoff.Next("a").TotalSeconds, full / 2, full);
        }

        backoff.Forget("a");
        Assert.InRange(backoff.Next("a").TotalSeconds, 0.5, 1);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_loop_that_fails_starts_again_and_ends_quietly_when_told()
    {
        using var stop = new CancellationTokenSource();
        var runs = 0;
        var loop = new RestartingLoop("test", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), _time, NullLogger.Instance);
        var run = loop.RunAsync(_ => ++runs < 5 ? throw new IOException("no") : Task.CompletedTask, stop.Token);
        while (runs < 6)
        {
            await _time.WaitForTimerAsync(CancellationToken.None);
            _time.Advance(TimeSpan.FromSeconds(4));
            await Task.Yield();
        }

        await stop.CancelAsync();
        await run;
    }
}
