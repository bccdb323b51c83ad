using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Scripting;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.Informers;

/// <summary>An informer of a node's pods on a real HTTP server. Waits are on a fake clock, the network is not.</summary>
internal sealed class InformerHarness : IAsyncDisposable
{
    public const string Node = "virtual-0";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly ApiConnection _connection;
    private Task? _run;

    private InformerHarness(FakeApiServer server)
    {
        Server = server;
        _connection = new ApiConnection(new ApiConnectionOptions { Server = server.Url }, Time);
        Client = new ApiClient(_connection, Limits, Time);
        Informer = new Informer<Pod>(Client, ApiResources.Pods, InformerOptions.PodsOf(Node), Time, NullLogger.Instance);
    }

    /// <summary>No limits that a fake clock would have to move on, and no tries that would hide the informer's own.</summary>
    public static ApiClientOptions Limits { get; } = new() { QueriesPerSecond = 1e6, Burst = 1_000_000, MaxRetries = 0 };

    public FakeTimeProvider Time { get; } = new();

    public FakeApiServer Server { get; private set; }

    public ApiStore Store => Server.Store;

    public ApiClient Client { get; }

    public Informer<Pod> Informer { get; }

    public IReadOnlyList<RecordedRequest> Lists => [.. Server.Requests.Where(r => r.Is("list", ResourceTypes.Pods))];

    public IReadOnlyList<RecordedRequest> WatchRequests => [.. Server.Requests.Where(r => r.Is("watch", ResourceTypes.Pods))];

    public static async Task<InformerHarness> CreateAsync() => new(await FakeApiServer.StartAsync());

    /// <summary>Starts the informer and waits for its first watch.</summary>
    public async Task<WatchSession> StartAsync()
    {
        Run();
        return await Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None).WaitAsync(Patience);
    }

    public void Run() => _run = Task.Run(() => Informer.RunAsync(_stop.Token));

    /// <summary>Stops the server and starts another in its place, with the same objects.</summary>
    public async Task RestartServerAsync(Func<Task> meanwhile)
    {
        var store = Store;
        var port = Server.Url.Port;
        await Server.DisposeAsync();
        await meanwhile();
        Server = await FakeApiServer.StartAsync(new() { Port = port }, store: store);
    }

    public static StoreKey Key(string name) => new(ResourceTypes.Pods, "default", name);

    public void Put(string name, string image = "busybox", string node = Node) => Store.Put(ResourceTypes.Pods, Pod(name, image, node));

    public static string Pod(string name, string image, string node) => $$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{"nodeName":"{{{node}}}","containers":[{"name":"main","image":"{{{image}}}"}]}}
        """;

    /// <summary>Waits for the next watch, moving the clock through back-offs.</summary>
    public async Task<WatchSession> NextWatchAsync(WatchSession last)
    {
        var next = Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None, last);
        await AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => next.IsCompleted);
        return await next;
    }

    public Task UntilAsync(Func<bool> condition) => AdvanceUntilAsync(TimeSpan.Zero, condition);

    public Task AdvanceUntilAsync(TimeSpan step, Func<bool> condition) => Time.AdvanceUntilAsync(step, condition);

    /// <summary>The images of the pods in the snapshot, by name.</summary>
    public string Seen() => string.Join(' ', Informer.Snapshot.Objects.Values.OrderBy(p => p.Metadata.Name, StringComparer.Ordinal).Select(p => $"{p.Metadata.Name}={p.Spec.Containers![0].Image}"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_run is not null)
        {
            await _run.WaitAsync(Patience);
        }

        _connection.Dispose();
        await Server.DisposeAsync();
        _stop.Dispose();
    }
}
