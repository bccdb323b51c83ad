using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Controllers.Tests.Fakes;

/// <summary>A pod controller between a fake source and a fake provider, on a fake clock.</summary>
internal sealed class PodControllerHarness : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly PodController _controller;
    private Task? _run;

    public PodControllerHarness()
    {
        Heartbeat = new SyncHeartbeat(Time);
        var options = new PodControllerOptions { NodeName = "node-1", HostAddress = "10.0.0.1", Workers = 4 };
        var table = new PodTable(Store, new PodStatusBuilder(options.HostAddress, Time), new NoEvents(), Time, NullLogger.Instance);
        _controller = new PodController(
            options, Source, Provider, table, new NoConfigObjects(), new AlwaysHeld(), new NoEvents(), Heartbeat, Time, NullLogger<PodController>.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public FakePodSource Source { get; } = new();

    public FakeProvider Provider { get; } = new();

    public PodStore Store { get; } = new();

    public SyncHeartbeat Heartbeat { get; }

    public Task Start() => _run = Task.Run(() => _controller.RunAsync(_stop.Token));

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        if (_run is not null)
        {
            await _run.WaitAsync(Deadline);
        }
    }

    /// <summary>Waits until the pod of that name satisfies a condition.</summary>
    public Task<Pod?> UntilAsync(string name, Func<Pod?, bool> condition) => UntilAsync(() => Store.Find("default", name), condition);

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(condition, holds => holds);

    /// <summary>Moves the clock in small steps until something is so, for timers that are armed by loops at their own pace.</summary>
    public Task AdvanceUntilAsync(TimeSpan step, Func<bool> condition) => Time.AdvanceUntilAsync(step, condition);

    public async ValueTask DisposeAsync()
    {
        // A call that a test leaves hanging is given up when the drain timeout has passed, which only this clock can make it do.
        var stop = StopAsync();
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => stop.IsCompleted);
        await stop;
        _controller.Dispose();
        _stop.Dispose();
    }

    // The store announces nothing, so that its readers take no lock; a test looks until it sees.
    private static async Task<T> UntilAsync<T>(Func<T> read, Func<T, bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            var value = read();
            if (condition(value))
            {
                return value;
            }

            await Task.Delay(2, deadline.Token);
        }
    }
}
