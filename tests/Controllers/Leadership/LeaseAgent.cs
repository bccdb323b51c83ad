using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Controllers.Tests.Informers;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;

namespace VirtualKubelet.Controllers.Tests.Leadership;

/// <summary>One agent of the node, on a machine of its own.</summary>
internal sealed class LeaseAgent : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ApiConnection _connection;
    private readonly string _name;
    private int _leading;

    public LeaseAgent(FakeApiServer server, FakeTimeProvider time, string name, Func<CancellationToken, Task>? lead = null)
    {
        _name = name;
        Clock = new SteppedClock(time);
        _connection = new ApiConnection(new ApiConnectionOptions { Server = server.Url }, Clock);
        var client = new ApiClient(_connection, InformerHarness.Limits with { UserAgent = name }, Clock);
        Lease = new NodeLease(client, new NodeLeaseOptions { NodeName = LeaseHarness.Node, Agent = name }, Clock, NullLogger<NodeLease>.Instance);
        server.Faults.Drop(r => IsCutOff && r.Headers.UserAgent == name, int.MaxValue);
        Run = Task.Run(() => Lease.RunAsync(lead is null ? LeadAsync : lead, _stop.Token));
    }

    public SteppedClock Clock { get; }

    public NodeLease Lease { get; }

    public Task Run { get; }

    /// <summary>Whether it was told to act.</summary>
    public bool IsLeading => Volatile.Read(ref _leading) > 0;

    /// <summary>How often it was told to.</summary>
    public int Terms { get; private set; }

    /// <summary>Whether the network is away for this agent.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>Asks it to stop.</summary>
    public void Stop() => _stop.Cancel();

    public override string ToString() => _name;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Run.WaitAsync(LeaseHarness.Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _connection.Dispose();
        _stop.Dispose();
    }

    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        Terms++;
        Interlocked.Increment(ref _leading);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _leading);
        }
    }
}
