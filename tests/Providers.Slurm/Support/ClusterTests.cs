using System.Text.Json;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm.Jobs;
using VirtualKubelet.Providers.Slurm.Tests.FakeSlurm;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Providers.Slurm.Tests.Support;

/// <summary>A provider on the fake Slurm, and short words for what its tests do with it.</summary>
public abstract class ClusterTests : IAsyncLifetime, IDisposable
{
    protected const int Deadline = 60_000;
    protected const string Node = "vk";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private RunningProvider? _running;

    private protected FakeCluster Cluster { get; } = new();

    private protected SlurmProviderOptions Options { get; set; }

    private protected IProvider Provider => _running!.Provider;

    protected ClusterTests() => Options = new SlurmProviderOptions
    {
        NodeName = Node,
        WorkDirectory = Cluster.WorkDirectory,
        ShimPath = "/opt/vk-slurm-shim",
        BinDirectory = Cluster.BinDirectory,
        PollInterval = TimeSpan.FromMilliseconds(50),
        LostJobGrace = TimeSpan.FromSeconds(1),
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => StopAsync();

    public void Dispose() => Cluster.Dispose();

    private protected LogRecorder Log { get; } = new();

    private protected TimeProvider Time { get; set; } = TimeProvider.System;

    private protected void Start() => _running = new RunningProvider(Options, Time, Log);

    private protected async Task StopAsync()
    {
        if (_running is { } running)
        {
            _running = null;
            await running.DisposeAsync();
        }
    }

    private protected async Task RestartAsync()
    {
        await StopAsync();
        Start();
    }

    private protected async Task<Workload> CreateAsync(Workload? given = null)
    {
        var workload = given ?? TestPod.Of(TestPod.Shell("true"));
        await Provider.CreateAsync(workload, CancellationToken.None).WaitAsync(Patience);
        return workload;
    }

    /// <summary>A workload that has become a job.</summary>
    private protected async Task<(Workload Workload, string JobId)> SubmitAsync(Workload? given = null)
    {
        var workload = await CreateAsync(given);
        return (workload, (await WaitAsync(workload, s => s.JobId is not null)).JobId!);
    }

    /// <summary>A workload whose job runs, as Slurm and its shim say.</summary>
    private protected async Task<(Workload Workload, string JobId)> RunAsync(Workload? given = null)
    {
        var (workload, job) = await SubmitAsync(given);
        Cluster.Set(job, "RUNNING", start: DateTimeOffset.UtcNow);
        Report(workload, ShimStates.Running(workload, job));
        await WaitAsync(workload, s => s.Status.Phase == PodPhases.Running);
        return (workload, job);
    }

    /// <summary>A workload whose job ran to a good end, and which was deleted then.</summary>
    private protected async Task<(Workload Workload, string JobId)> RunAndDeleteAsync(Workload? given = null)
    {
        var (workload, job) = await RunAsync(given);
        Report(workload, ShimStates.Complete(workload, job));
        Cluster.Set(job, "COMPLETED");
        await WaitForEndAsync(workload);
        await DeleteAsync(workload);
        await WaitForGoneAsync(workload);
        return (workload, job);
    }

    private protected Task DeleteAsync(Workload workload, double graceSeconds = 30) =>
        Provider.DeleteAsync(workload.Id, TimeSpan.FromSeconds(graceSeconds), CancellationToken.None).WaitAsync(Patience);

    private protected async Task<WorkloadStatus> WaitAsync(Workload workload, Func<WorkloadStatus, bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        WorkloadStatus? last = null;
        try
        {
            await foreach (var status in Provider.WatchAsync(timeout.Token))
            {
                if (status.Id.Uid == workload.Id.Uid && condition(last = status))
                {
                    return status;
                }
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            // Told below, with what was seen.
        }

        throw new TimeoutException($"last seen {(last is null ? "nothing" : JsonSerializer.Serialize(last.Status, KubernetesJson.Api.PodStatus))}, job {last?.JobId}");
    }

    private protected Task<WorkloadStatus> WaitForEndAsync(Workload workload) => WaitAsync(workload, s => PodPhases.IsTerminal(s.Status.Phase));

    private protected async Task WaitForGoneAsync(params Workload[] workloads)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while ((await Provider.ListAsync(timeout.Token)).Any(s => workloads.Any(w => w.Id.Uid == s.Id.Uid)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), timeout.Token);
        }
    }

    private protected async Task<WorkloadStatus> StatusAsync(Workload workload) =>
        (await Provider.ListAsync(CancellationToken.None)).Single(s => s.Id.Uid == workload.Id.Uid);

    private protected PodDirectoryLayout LayoutOf(Workload workload) => new PodDirectories(Options).LayoutOf(workload.Id);

    /// <summary>Speaks as the shim of a workload.</summary>
    private protected void Report(Workload workload, PodState state) =>
        AtomicFile.WriteJson(LayoutOf(workload).StateFile, state, ShimJson.Files.PodState);

    private protected async Task<NodeCondition> ConditionAsync() =>
        (await Provider.GetNodeAsync(CancellationToken.None)).Conditions.Single(c => c.Type == NodeCondition.SlurmReachable);

    private protected static ContainerStateWaiting? WaitingOf(WorkloadStatus status) => status.Status.ContainerStatuses![0].State!.Waiting;
}
