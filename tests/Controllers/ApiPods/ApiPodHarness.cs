using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Controllers.ApiPods;
using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Controllers.Tests.Informers;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.ApiPods;

/// <summary>All of an agent's dealings with pods between a real HTTP server and a fake provider. Waits are on a fake clock, the network is not.</summary>
internal sealed class ApiPodHarness : IAsyncDisposable
{
    public const string Node = "virtual-0";

    private readonly ApiConnection _connection;
    private readonly ApiClient _client;
    private CancellationTokenSource _stop = new();
    private PodController? _controller;
    private PodWriter? _writer;
    private Task _run = Task.CompletedTask;

    private ApiPodHarness(FakeApiServer server, FakeTimeProvider time, string? token)
    {
        (Server, Time, Clock) = (server, time, new SteppedClock(time));
        _connection = new ApiConnection(new ApiConnectionOptions { Server = server.Url, Token = token, InsecureSkipTlsVerify = token is not null }, Time);
        _client = new ApiClient(_connection, InformerHarness.Limits, Time);
    }

    public FakeTimeProvider Time { get; }

    /// <summary>The writer's clock, which can be set.</summary>
    public SteppedClock Clock { get; }

    public FakeApiServer Server { get; }

    public ApiStore Api => Server.Store;

    public FakeProvider Provider { get; } = new();

    public FakeLeadership Leadership { get; } = new();

    public FakeEvents Events { get; } = new();

    public PodStore Store { get; private set; } = new();

    public ObjectWatches<ConfigMap> ConfigMaps { get; private set; } = null!;

    public ObjectWatches<Secret> Secrets { get; private set; } = null!;

    public IReadOnlyList<RecordedRequest> Patches => [.. Server.Requests.Where(r => r.Is("patch", ResourceTypes.Pods, "status"))];

    public IReadOnlyList<RecordedRequest> Deletions => [.. Server.Requests.Where(r => r.Is("delete", ResourceTypes.Pods) && r.User is not "user" && r.Body.Contains("preconditions", StringComparison.Ordinal))];

    public static async Task<ApiPodHarness> CreateAsync(FakeApiServerOptions? options = null, string? token = null)
    {
        var time = new FakeTimeProvider();
        return new ApiPodHarness(await FakeApiServer.StartAsync((options ?? new()) with { Time = time, Tls = token is not null }), time, token);
    }

    /// <summary>Starts an agent, the first or another.</summary>
    public void Start()
    {
        _stop = new CancellationTokenSource();
        var controller = new PodControllerOptions { NodeName = Node, HostAddress = "10.0.0.1", Workers = 4 };
        Store = new PodStore();
        var informer = new Informer<Pod>(_client, ApiResources.Pods, InformerOptions.PodsOf(Node), Time, NullLogger.Instance);
        var table = new PodTable(Store, new PodStatusBuilder(controller.HostAddress, Time), Events, Time, NullLogger.Instance);
        ConfigMaps = new ObjectWatches<ConfigMap>(_client, ApiResources.ConfigMaps, new(), Time, NullLogger.Instance);
        Secrets = new ObjectWatches<Secret>(_client, ApiResources.Secrets, new(), Time, NullLogger.Instance);
        var updates = new PodUpdates(_client, new PodTransitions(Events), NullLogger<PodUpdates>.Instance);
        _writer = new PodWriter(updates, informer, table, Leadership, new ApiPodOptions(), Clock, NullLogger<PodWriter>.Instance);
        _controller = new PodController(
            controller, new ApiPodSource(informer, Node, NullLogger<ApiPodSource>.Instance), Provider, table, new ConfigWatches(ConfigMaps, Secrets),
            Leadership, Events, new SyncHeartbeat(Time), Time, NullLogger<PodController>.Instance);
        _run = Task.Run(() => Task.WhenAll(informer.RunAsync(_stop.Token), _writer.RunAsync(_stop.Token), _controller.RunAsync(_stop.Token)));
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => _run.IsCompleted);
        await _run;
        _controller?.Dispose();
        _writer?.Dispose();
        if (ConfigMaps is not null)
        {
            var closing = Task.WhenAll(ConfigMaps.DisposeAsync().AsTask(), Secrets.DisposeAsync().AsTask());
            await AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => closing.IsCompleted);
        }

        _stop.Dispose();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        Start();
    }

    /// <summary>A pod as a scheduler leaves it; the spec may have more members, and the pod a status.</summary>
    public WorkloadId Put(string name, string spec = "", string metadata = "", string? status = null)
    {
        var stored = Api.Put(ResourceTypes.Pods, $$$"""
            {
              "metadata": { "name": "{{{name}}}", "namespace": "default" {{{metadata}}} },
              "spec": { {{{spec}}} "nodeName": "{{{Node}}}", "terminationGracePeriodSeconds": 30, "containers": [{ "name": "main", "image": "busybox", "command": ["true"] }] },
              "status": {{{status ?? """{"phase":"Pending","qosClass":"BestEffort","conditions":[{"type":"PodScheduled","status":"True","lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:00Z"}]}"""}}}
            }
            """);
        return new WorkloadId("default", name, stored.Text("metadata.uid")!);
    }

    /// <summary>A pod of a spec of its own.</summary>
    public WorkloadId PutSpec(string name, string spec)
    {
        var stored = Api.Put(ResourceTypes.Pods, $$$"""
            {"metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{"nodeName":"{{{Node}}}",{{{spec}}}},"status":{"phase":"Pending","qosClass":"BestEffort"}}
            """);
        return new WorkloadId("default", name, stored.Text("metadata.uid")!);
    }

    public static StoreKey Key(string name) => new(ResourceTypes.Pods, "default", name);

    public JsonElement? Find(string name) => Api.Find(Key(name));

    public string? Phase(string name) => Find(name)?.Text("status.phase");

    public JsonObject? Condition(string name, string type) =>
        Find(name)?.ToNode()["status"]?["conditions"]?.AsArray().Select(c => c!.AsObject()).FirstOrDefault(c => (string?)c["type"] == type);

    /// <summary>A container's status; empty when there is none.</summary>
    public JsonObject Container(string name, string container = "main") =>
        Find(name)?.ToNode()["status"]?["containerStatuses"]?.AsArray().Select(c => c!.AsObject()).FirstOrDefault(c => (string?)c["name"] == container) ?? [];

    /// <summary>Changes a pod as another client would.</summary>
    public void Change(string name, Action<JsonObject> change) => Api.Change(Key(name), pod =>
    {
        change(pod);
        return pod;
    });

    /// <summary>Asks for a pod's deletion as a user would.</summary>
    public Task DeleteAsync(string name, long? grace = null) =>
        _client.DeleteAsync(ApiResources.Pods, new ObjectKey("default", name), new DeleteOptions { GracePeriodSeconds = grace }, CancellationToken.None);

    /// <summary>Waits for a pod's creation at the provider.</summary>
    public Task CreatedAsync(WorkloadId id) => UntilAsync(() => Provider.Created.Any(w => w.Id.Uid == id.Uid));

    /// <summary>A pod that runs, as everybody knows.</summary>
    public async Task<WorkloadId> RunAsync(string name, string spec = "")
    {
        var id = Put(name, spec);
        await CreatedAsync(id);
        Provider.Report(id, Running());
        await UntilAsync(() => Phase(name) == "Running");
        return id;
    }

    public PodStatus Running() => new()
    {
        Phase = PodPhases.Running,
        ContainerStatuses =
        [
            TestPods.Running("main") with { ContainerID = "slurm://7/main/0", State = new ContainerState { Running = new ContainerStateRunning(Time.GetUtcNow()) } },
        ],
    };

    public PodStatus Ended(string phase, int exitCode) => new()
    {
        Phase = phase,
        ContainerStatuses =
        [
            TestPods.Ended("main", exitCode) with
            {
                ContainerID = "slurm://7/main/0",
                State = new ContainerState
                {
                    Terminated = new ContainerStateTerminated { ExitCode = exitCode, Reason = exitCode == 0 ? "Completed" : "Error", StartedAt = Time.GetUtcNow(), FinishedAt = Time.GetUtcNow() },
                },
            },
        ],
    };

    /// <summary>Waits, moving the clock through coalescing and short back-offs.</summary>
    public Task UntilAsync(Func<bool> condition) => AdvanceUntilAsync(TimeSpan.FromMilliseconds(20), condition);

    public Task AdvanceUntilAsync(TimeSpan step, Func<bool> condition) => Time.AdvanceUntilAsync(step, condition);

    /// <summary>Lets time pass in which nothing should happen.</summary>
    public Task PassAsync(TimeSpan time, TimeSpan step)
    {
        var end = Time.GetUtcNow() + time;
        return AdvanceUntilAsync(step, () => Time.GetUtcNow() >= end);
    }

    /// <summary>The provider's next call.</summary>
    public async Task<string> NextCallAsync()
    {
        string? call = null;
        await UntilAsync(() => Provider.TryNextCall(out call));
        return call!;
    }

    /// <summary>The provider's calls so far.</summary>
    public IReadOnlyList<string> Calls()
    {
        var calls = new List<string>();
        while (Provider.TryNextCall(out var call))
        {
            calls.Add(call!);
        }

        return calls;
    }

    public async ValueTask DisposeAsync()
    {
        Server.Faults.Clear();
        Leadership.Give();
        if (_writer is not null)
        {
            await StopAsync();
        }

        _connection.Dispose();
        await Server.DisposeAsync();
    }
}
