using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Controllers.Nodes;
using VirtualKubelet.Controllers.Tests.Informers;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.Nodes;

/// <summary>A node and its lease on a real HTTP server. Waits are on a fake clock, the network is not.</summary>
internal sealed class NodeHarness : IAsyncDisposable
{
    public const string Name = "virtual-0";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly ApiConnection _connection;
    private Task _run = Task.CompletedTask;

    private NodeHarness(FakeApiServer server)
    {
        Server = server;
        Clock = new SteppedClock(Time);
        _connection = new ApiConnection(new ApiConnectionOptions { Server = server.Url }, Clock);
    }

    public static StoreKey Key { get; } = new(ResourceTypes.Nodes, "", Name);

    /// <summary>No report falls due, however far the clock gets while a busy machine answers.</summary>
    public static NodeControllerOptions WithoutReports => Defaults with { ReportInterval = TimeSpan.FromDays(1) };

    public static NodeControllerOptions Defaults { get; } = new()
    {
        NodeName = Name,
        InternalAddresses = [IPAddress.Parse("10.1.2.3")],
        KubeletPort = 10251,
        Labels = new Dictionary<string, string> { ["team"] = "hpc" },
        Taints = [new Taint { Key = "virtual-kubelet.io/provider", Value = "slurm", Effect = "NoSchedule" }],
        EphemeralStorage = Quantity.Parse("10Gi"),
        Machine = NodeMachine.Read(Name),
    };

    public FakeTimeProvider Time { get; } = new();

    public SteppedClock Clock { get; }

    public FakeApiServer Server { get; private set; }

    public RecordedEvents Events { get; } = new();

    public NodeLease Lease { get; private set; } = null!;

    public IReadOnlyList<string> NotReady { get; set; } = [];

    public NodeState Backend { get; set; } = Offer(cpus: 64, memory: "256Gi", gpus: 4);

    public Func<CancellationToken, Task>? OnAsk { get; set; }

    public JsonElement Node => Server.Store.Get(Key);

    public IEnumerable<RecordedRequest> Posts => Server.Requests.Where(r => r.Is("patch", ResourceTypes.Nodes, "status"));

    public IEnumerable<RecordedRequest> Creations => Server.Requests.Where(r => r.Is("create", ResourceTypes.Nodes));

    public bool IsReady => Server.Store.Find(Key) is { } node && Condition(node, "Ready")?.Text("status") == "True";

    public static async Task<NodeHarness> CreateAsync() => new(await FakeApiServer.StartAsync());

    public static NodeState Offer(long cpus, string memory, long gpus, bool isReachable = true, string? version = "slurm://22.05.8")
    {
        var amounts = new Dictionary<string, Quantity>
        {
            ["cpu"] = new(cpus),
            ["memory"] = Quantity.Parse(memory),
            ["pods"] = new(500),
            ["nvidia.com/gpu"] = new(gpus),
        };
        return new NodeState
        {
            Capacity = amounts,
            Allocatable = amounts,
            BackendVersion = version,
            Conditions = [new(Providers.NodeCondition.SlurmReachable, isReachable, isReachable ? "SlurmAnswers" : "SlurmSilent", isReachable ? "Slurm answers" : "connection refused")],
        };
    }

    public static JsonElement? Condition(JsonElement node, string type)
    {
        var found = node.ToNode()["status"]?["conditions"]?.AsArray().FirstOrDefault(c => (string?)c!["type"] == type);
        return found?.ToElement();
    }

    /// <summary>Starts lease and node.</summary>
    public void Start(NodeControllerOptions? options = null)
    {
        var client = new ApiClient(_connection, InformerHarness.Limits, Clock);
        Lease = new NodeLease(client, new NodeLeaseOptions { NodeName = Name }, Clock, NullLogger<NodeLease>.Instance);
        var controller = new NodeController(client, AskAsync, () => NotReady, Lease, Events, options ?? Defaults, Clock, NullLogger<NodeController>.Instance);
        _run = Task.Run(() => Lease.RunAsync(controller.RunAsync, _stop.Token));
    }

    /// <summary>Starts and waits until the node is ready and is being watched.</summary>
    public async Task<NodeHarness> RunAsync(NodeControllerOptions? options = null)
    {
        Start(options);
        await Server.Watches.WaitAsync(ResourceTypes.Nodes, CancellationToken.None).WaitAsync(Patience);
        await AdvanceUntilAsync(() => IsReady);
        return this;
    }

    /// <summary>Waits until the node is given up for a reason.</summary>
    public async Task<T> FaultAsync<T>()
        where T : Exception
    {
        var fault = await Assert.ThrowsAsync<T>(() => _run.WaitAsync(Patience));
        _run = Task.CompletedTask;
        return fault;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(Patience);
    }

    /// <summary>Changes the Node as somebody else.</summary>
    public void Change(Action<JsonObject> change) => Server.Store.Change(Key, node =>
    {
        change(node);
        return node;
    });

    /// <summary>Stops the server, lets time pass and starts another in its place, with the same objects.</summary>
    public async Task OutageAsync(TimeSpan time)
    {
        var (store, port) = (Server.Store, Server.Url.Port);
        await Server.DisposeAsync();
        await PassAsync(time);
        Server = await FakeApiServer.StartAsync(new() { Port = port }, store: store);
    }

    public Task PassAsync(TimeSpan time)
    {
        var end = Time.GetUtcNow() + time;
        return AdvanceUntilAsync(() => Time.GetUtcNow() >= end);
    }

    public Task AdvanceUntilAsync(Func<bool> condition, double step = 0.5) => Time.AdvanceUntilAsync(TimeSpan.FromSeconds(step), condition);

    public static DateTimeOffset At(JsonElement? element, string path) => DateTimeOffset.Parse(element!.Value.Text(path)!, CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _connection.Dispose();
        await Server.DisposeAsync();
        _stop.Dispose();
    }

    private async Task<NodeState> AskAsync(CancellationToken cancellationToken)
    {
        await (OnAsk?.Invoke(cancellationToken) ?? Task.CompletedTask);
        return Backend;
    }
}
