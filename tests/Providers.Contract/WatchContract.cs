using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Contract;

/// <summary>Learning of changes.</summary>
public abstract class WatchContract(IProviderHost host) : ProviderContractTests(host)
{
    [Fact(Timeout = Deadline)]
    public async Task A_watch_begins_with_everything_as_it_stands_and_goes_on_with_changes()
    {
        var ended = await RunAsync("true");
        await WaitForEndAsync(ended);
        var running = await RunAsync($"while ! [ -e {Scratch("go")} ]; do sleep 0.02; done");
        await WaitForPhaseAsync(running, PodPhases.Running);

        await using var watch = Provider.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        var first = new[] { await NextAsync(watch), await NextAsync(watch) };
        await File.WriteAllTextAsync(Scratch("go"), "");
        var last = await NextAsync(watch);
        while (last.Status.Phase == PodPhases.Running)
        {
            last = await NextAsync(watch);
        }

        Assert.Equal(
            [(ended.Id, PodPhases.Succeeded), (running.Id, PodPhases.Running)],
            first.Select(s => (s.Id, s.Status.Phase)).OrderByDescending(s => s.Phase));
        Assert.Equal((running.Id, PodPhases.Succeeded), (last.Id, last.Status.Phase));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_slow_reader_misses_states_but_never_the_latest_of_a_workload()
    {
        await using var slow = Provider.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        var pods = new List<Workload>();
        for (var i = 0; i < 3; i++)
        {
            pods.Add(await RunAsync($"exit {i}"));
        }

        var first = await NextAsync(slow);
        foreach (var pod in pods)
        {
            await WaitForEndAsync(pod);
        }

        var latest = new Dictionary<string, string?> { [first.Id.Uid] = first.Status.Phase };
        while (latest.Count < 3 || !latest.Values.All(PodPhases.IsTerminal))
        {
            var status = await NextAsync(slow);
            latest[status.Id.Uid] = status.Status.Phase;
        }

        Assert.Equal([PodPhases.Succeeded, PodPhases.Failed, PodPhases.Failed], pods.Select(p => latest[p.Id.Uid]));
    }

    [Fact(Timeout = Deadline)]
    public async Task The_last_status_of_a_deleted_workload_says_that_it_is_gone()
    {
        var workload = await RunAsync("sleep 600");
        await using var watch = Provider.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        await DeleteAsync(workload, graceSeconds: 0);

        var status = await NextAsync(watch);
        while (!status.Gone)
        {
            status = await NextAsync(watch);
        }

        Assert.Equal(workload.Id, status.Id);
        Assert.Empty(await Provider.ListAsync(CancellationToken.None));
    }

    private static async Task<WorkloadStatus> NextAsync(IAsyncEnumerator<WorkloadStatus> watch)
    {
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
        return watch.Current;
    }
}
