using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.Leadership;

/// <summary>Agents of one node on a real HTTP server. Waits are on a fake clock, the network is not.</summary>
internal sealed class LeaseHarness : IAsyncDisposable
{
    public const string Node = "virtual-0";
    private readonly List<LeaseAgent> _agents = [];

    private LeaseHarness(FakeApiServer server) => Server = server;

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public static StoreKey Key { get; } = new(ResourceTypes.Leases, "kube-node-lease", Node);

    public IReadOnlyList<LeaseAgent> Agents => _agents;

    public FakeTimeProvider Time { get; } = new();

    public FakeApiServer Server { get; private set; }

    public JsonElement? Lease => Server.Store.Find(Key);

    public string? Holder => Lease is { } lease && (string?)lease.ToNode()["metadata"]!["annotations"]?[LeaseText.AgentAnnotation] is { Length: > 0 } agent ? agent : null;

    public DateTimeOffset RenewTime => DateTimeOffset.Parse(Lease!.Value.Text("spec.renewTime")!, CultureInfo.InvariantCulture);

    public static async Task<LeaseHarness> CreateAsync() => new(await FakeApiServer.StartAsync());

    /// <summary>Starts an agent.</summary>
    public LeaseAgent Start(string name, Func<CancellationToken, Task>? lead = null)
    {
        var agent = new LeaseAgent(Server, Time, name, lead);
        _agents.Add(agent);
        return agent;
    }

    /// <summary>Starts an agent and waits until it leads.</summary>
    public async Task<LeaseAgent> LeaderAsync(string name)
    {
        var agent = Start(name);
        await UntilAsync(() => agent.IsLeading);
        return agent;
    }

    /// <summary>Writes a lease as somebody else.</summary>
    public void Put(Action<JsonObject> change)
    {
        var lease = Lease?.ToNode() ?? JsonNode.Parse($$$"""{"metadata":{"name":"{{{Node}}}","namespace":"kube-node-lease"},"spec":{"holderIdentity":"{{{Node}}}","leaseDurationSeconds":40}}""")!.AsObject();
        change(lease);
        Server.Store.Put(ResourceTypes.Leases, lease.ToJsonString());
    }

    /// <summary>Stops the server, lets time pass and starts another in its place, with the same objects.</summary>
    public async Task OutageAsync(TimeSpan time)
    {
        var (store, port) = (Server.Store, Server.Url.Port);
        await Server.DisposeAsync();
        await PassAsync(time);
        Server = await FakeApiServer.StartAsync(new() { Port = port }, store: store);
    }

    /// <summary>Lets time pass in small steps, with a moment for requests after each.</summary>
    public Task PassAsync(TimeSpan time, Action? afterStep = null)
    {
        var end = Time.GetUtcNow() + time;
        return AdvanceUntilAsync(
            () =>
            {
                afterStep?.Invoke();
                return Time.GetUtcNow() >= end;
            },
            TimeSpan.FromSeconds(0.5));
    }

    public Task UntilAsync(Func<bool> condition) => AdvanceUntilAsync(condition, TimeSpan.Zero);

    public Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step) => Time.AdvanceUntilAsync(step, condition);

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
        {
            await agent.DisposeAsync();
        }

        await Server.DisposeAsync();
    }
}
