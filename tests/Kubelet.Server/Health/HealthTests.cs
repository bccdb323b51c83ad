using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Health;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Kubelet.Server.Tests.Health;

public sealed class HealthTests
{
    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A14")]
    [InlineData("GET /healthz", "ok")]
    [InlineData("POST /healthz", "ok")]
    [InlineData("GET /healthz/ping", "ok")]
    [InlineData("GET /healthz/log", "ok")]
    [InlineData("GET /healthz/syncloop", "ok")]
    [InlineData("GET /healthz?verbose", "[+]ping ok\n[+]log ok\n[+]syncloop ok\nhealthz check passed\n")]
    [InlineData("GET /healthz?verbose=false&exclude=log", "[+]ping ok\n[+]log excluded: ok\n[+]syncloop ok\nhealthz check passed\n")]
    [InlineData(
        "GET /healthz?verbose&exclude=b%22&exclude=a",
        "[+]ping ok\n[+]log ok\n[+]syncloop ok\nwarn: some health checks cannot be excluded: no matches for \"a\",\"b\\\"\"\nhealthz check passed\n")]
    public async Task A_healthy_agent_says_so(string request, string body)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync(request, request.StartsWith("POST", StringComparison.Ordinal) ? "Content-Length: 0\r\n" : "");

        Assert.Equal((200, body), (response.Status, response.Body));
        Assert.Contains("\r\nContent-Type: text/plain; charset=utf-8\r\n", response.Head);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A14")]
    public async Task A_sync_loop_that_stands_still_for_more_than_five_minutes_is_a_failure()
    {
        var time = new FakeTimeProvider();
        await using var kubelet = await TestKubelet.StartAsync(time: time);
        kubelet.SyncLoop.LastTurn = time.GetUtcNow();

        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(200, (await kubelet.SendRawAsync("GET /healthz")).Status);
        time.Advance(TimeSpan.FromSeconds(1));
        var all = await kubelet.SendRawAsync("GET /healthz");
        var one = await kubelet.SendRawAsync("GET /healthz/syncloop");

        Assert.Equal((500, "[+]ping ok\n[+]log ok\n[-]syncloop failed: reason withheld\nhealthz check failed\n"), (all.Status, all.Body));
        Assert.Equal((500, "internal server error: sync Loop took longer than expected\n"), (one.Status, one.Body));
        Assert.Equal(200, (await kubelet.SendRawAsync("GET /healthz?exclude=syncloop")).Status);
        Assert.Equal(200, (await kubelet.SendRawAsync("GET /healthz/ping")).Status);
    }

    [Fact]
    public void A_slow_period_makes_the_check_more_patient()
    {
        var time = new FakeTimeProvider();
        var loop = new ScriptedSyncLoop { LastTurn = time.GetUtcNow(), Period = TimeSpan.FromMinutes(4) };
        var check = new SyncLoopCheck(loop, time);

        time.Advance(TimeSpan.FromMinutes(8));
        Assert.Null(check.FindFault());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(check.FindFault());
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_log_sink_that_blocks_for_two_minutes_is_a_failure_until_it_returns()
    {
        var time = new FakeTimeProvider();
        using var sink = new BlockingSink();
        using var factory = LoggerFactory.Create(l => l.AddProvider(sink).SetMinimumLevel(LogLevel.Trace));
        using var check = new LogCheck(time, factory.CreateLogger<LogCheck>());
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(check.FindFault());

        sink.Gate.Reset();
        var blocked = Task.Run(() => time.Advance(TimeSpan.FromSeconds(30)));
        Assert.True(sink.Entered.Wait(Deadline.Short));
        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal("logging blocked", check.FindFault());

        sink.Gate.Set();
        await blocked.WaitAsync(Deadline.Short);
        Assert.Null(check.FindFault());
    }

    private sealed class BlockingSink : ILoggerProvider, ILogger
    {
        public ManualResetEventSlim Gate { get; } = new(initialState: true);

        public ManualResetEventSlim Entered { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!Gate.IsSet)
            {
                Entered.Set();
            }

            Gate.Wait(Deadline.Long);
        }

        public void Dispose()
        {
            Gate.Dispose();
            Entered.Dispose();
        }
    }
}
