namespace VirtualKubelet.Providers.Contract;

/// <summary>Ending workloads.</summary>
public abstract class DeletionContract(IProviderHost host) : ProviderContractTests(host)
{
    [Fact(Timeout = Deadline)]
    public async Task A_container_gets_TERM_and_the_time_to_end_by_itself()
    {
        var workload = await RunAsync(
            $"trap 'echo bye >{Scratch("term")}; exit 0' TERM; echo >{Scratch("ready")}; while :; do sleep 0.02; done");
        await WaitForFileAsync(Scratch("ready"));

        await DeleteAsync(workload, graceSeconds: 600);
        await WaitForGoneAsync(workload.Id);

        Assert.Equal("bye\n", await File.ReadAllTextAsync(Scratch("term")));
        Assert.Empty(await Provider.ListAsync(CancellationToken.None));
        await RefusedAsync(ProviderErrorKind.NotFound, () => DeleteAsync(workload, 1));
        await RefusedAsync(ProviderErrorKind.NotFound, () => ReadLogAsync(LogOf(workload)));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_container_that_ignores_TERM_is_killed_after_the_grace()
    {
        var workload = await RunDeafAsync();
        var began = DateTimeOffset.UtcNow;

        await DeleteAsync(workload, graceSeconds: 2);
        await WaitForGoneAsync(workload.Id);

        Assert.InRange(DateTimeOffset.UtcNow - began, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
        await AssertSilentAsync();
    }

    [Fact(Timeout = Deadline)]
    public async Task A_later_call_shortens_the_grace_and_none_lengthens_it()
    {
        var workload = await RunDeafAsync();

        await DeleteAsync(workload, graceSeconds: 3600);
        await DeleteAsync(workload, graceSeconds: 1);
        await DeleteAsync(workload, graceSeconds: 3600);
        await WaitForGoneAsync(workload.Id);

        await AssertSilentAsync();
    }

    [Fact(Timeout = Deadline)]
    public async Task A_grace_of_zero_kills_at_once()
    {
        var workload = await RunDeafAsync();

        await DeleteAsync(workload, graceSeconds: 0);
        await WaitForGoneAsync(workload.Id);

        await AssertSilentAsync();
    }

    [Fact(Timeout = Deadline)]
    public async Task A_finished_workload_is_deleted()
    {
        var workload = await RunAsync("true");
        await WaitForEndAsync(workload);

        await DeleteAsync(workload, graceSeconds: 30);
        await WaitForGoneAsync(workload.Id);

        Assert.Empty(await Provider.ListAsync(CancellationToken.None));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_workload_deleted_right_after_its_creation_is_gone_and_does_not_run_on()
    {
        var workload = await RunAsync($"echo $$ >{Scratch("ready")}; while :; do echo >>{Scratch("beats")}; sleep 0.02; done");

        await DeleteAsync(workload, graceSeconds: 0);
        await WaitForGoneAsync(workload.Id);

        await AssertSilentAsync();
        Assert.Empty(await Provider.ListAsync(CancellationToken.None));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_unknown_workload_is_not_found() =>
        await RefusedAsync(ProviderErrorKind.NotFound, () => DeleteAsync(TestPod.Of(TestPod.Shell("true")), 30));

    private async Task<Workload> RunDeafAsync()
    {
        var workload = await RunAsync($"trap '' TERM; echo >{Scratch("ready")}; while :; do echo >>{Scratch("beats")}; sleep 0.02; done");
        await WaitForFileAsync(Scratch("ready"));
        return workload;
    }

    private async Task AssertSilentAsync()
    {
        var beats = new FileInfo(Scratch("beats"));
        var before = beats.Exists ? beats.Length : 0;

        // Twenty beats: what must not happen cannot be waited for in any other way.
        await Task.Delay(TimeSpan.FromMilliseconds(400));
        beats.Refresh();
        Assert.Equal(before, beats.Exists ? beats.Length : 0);
    }
}
