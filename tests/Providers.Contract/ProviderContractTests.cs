using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Contract;

/// <summary>
/// The behaviour that every provider must show, as the documentation of <see cref="IProvider"/> has it. A provider's tests
/// derive from each of the classes below this one and hand over a host.
/// </summary>
public abstract class ProviderContractTests(IProviderHost host) : IAsyncLifetime
{
    /// <summary>Milliseconds a test may take, on a busy machine and a real batch system.</summary>
    protected const int Deadline = 120_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("vk-contract-");
    private readonly List<WorkloadId> _created = [];
    private IProviderRun? _run;

    /// <summary>The provider as it runs now.</summary>
    protected IProvider Provider => _run!.Provider;

    /// <summary>The provider's own directory.</summary>
    protected string WorkDirectory => Path.Combine(_root.FullName, "work");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_root.FullName, "scratch"));
        _run = await host.StartAsync(WorkDirectory);
    }

    public async Task DisposeAsync()
    {
        await using (_run)
        {
            foreach (var id in _created)
            {
                await EndAsync(id);
            }
        }

        _root.Delete(recursive: true);
    }

    /// <summary>A path for what a container wants to tell the test beside its log.</summary>
    protected string Scratch(string name) => Path.Combine(_root.FullName, "scratch", name);

    protected async Task<Workload> CreateAsync(Workload workload)
    {
        _created.Add(workload.Id);
        await Provider.CreateAsync(workload, CancellationToken.None).WaitAsync(Patience);
        return workload;
    }

    protected Task<Workload> RunAsync(string script) => CreateAsync(TestPod.Of(TestPod.Shell(script)));

    protected Task DeleteAsync(Workload workload, double graceSeconds) =>
        Provider.DeleteAsync(workload.Id, TimeSpan.FromSeconds(graceSeconds), CancellationToken.None).WaitAsync(Patience);

    protected async Task RestartAsync(bool gracefully)
    {
        await (gracefully ? _run!.DisposeAsync().AsTask() : _run!.KillAsync()).WaitAsync(Patience);
        _run = await host.StartAsync(WorkDirectory);
    }

    /// <summary>The first status for which a condition holds.</summary>
    protected async Task<WorkloadStatus> WaitAsync(WorkloadId id, Func<WorkloadStatus, bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        WorkloadStatus? last = null;
        try
        {
            await foreach (var status in Provider.WatchAsync(timeout.Token))
            {
                if (status.Id.Uid == id.Uid && condition(last = status))
                {
                    return status;
                }
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            // Told below, with what was seen.
        }

        throw new TimeoutException($"{id}: last seen {(last is null ? "nothing" : Wire(last.Status))}, gone: {last?.Gone}");
    }

    protected Task<WorkloadStatus> WaitForPhaseAsync(Workload workload, string phase) =>
        WaitAsync(workload.Id, status => status.Status.Phase == phase);

    protected Task<WorkloadStatus> WaitForEndAsync(Workload workload) =>
        WaitAsync(workload.Id, status => PodPhases.IsTerminal(status.Status.Phase));

    /// <summary>Waits until a workload is no longer listed: a watch that begins too late never hears of it.</summary>
    protected async Task WaitForGoneAsync(WorkloadId id)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while ((await Provider.ListAsync(timeout.Token)).Any(status => status.Id.Uid == id.Uid))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), timeout.Token);
        }
    }

    protected static async Task<string> WaitForFileAsync(string path)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!File.Exists(path))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), timeout.Token);
        }

        return await File.ReadAllTextAsync(path, timeout.Token);
    }

    protected static async Task<ProviderException> RefusedAsync(ProviderErrorKind kind, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<ProviderException>(() => call().WaitAsync(Patience));
        Assert.True(kind == error.Kind, $"{error.Kind} instead of {kind}: {error.Message}");
        return error;
    }

    protected static LogQuery LogOf(Workload workload, string container = "main", int run = 0) =>
        new() { Workload = workload.Id, Container = container, Run = run };

    protected async Task<string> ReadLogAsync(LogQuery query)
    {
        var output = new FlushProbe();
        await Provider.ReadLogsAsync(query, output, CancellationToken.None).WaitAsync(Patience);
        await output.CompleteAsync();
        return await output.ReadToEndAsync();
    }

    /// <summary>A status as the API shows it: times in whole seconds.</summary>
    protected static string Wire(PodStatus status) => JsonSerializer.Serialize(status, KubernetesJson.Api.PodStatus);

    private async Task EndAsync(WorkloadId id)
    {
        try
        {
            await Provider.DeleteAsync(id, TimeSpan.Zero, CancellationToken.None).WaitAsync(Patience);
            await WaitForGoneAsync(id);
        }
        catch (ProviderException e) when (e.Kind == ProviderErrorKind.NotFound)
        {
            // Refused, or gone by the test's own doing.
        }
    }
}
