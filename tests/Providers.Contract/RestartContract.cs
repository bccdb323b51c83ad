using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Contract;

/// <summary>What a new provider over the same directory knows and does.</summary>
public abstract class RestartContract(IProviderHost host) : ProviderContractTests(host)
{
    [Theory(Timeout = Deadline)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_running_workload_is_found_again_and_not_started_again(bool gracefully)
    {
        var workload = await RunAsync($"echo run >>{Scratch("runs")}; while ! [ -e {Scratch("go")} ]; do sleep 0.02; done");
        var before = await WaitForPhaseAsync(workload, PodPhases.Running);

        await RestartAsync(gracefully);
        await CreateAsync(workload);
        var listed = Assert.Single(await Provider.ListAsync(CancellationToken.None));
        var after = await WaitForPhaseAsync(workload, PodPhases.Running);
        await File.WriteAllTextAsync(Scratch("go"), "");
        var ended = await WaitForEndAsync(workload);

        Assert.Equal(workload.Id, listed.Id);
        Assert.Equal(Wire(before.Status), Wire(after.Status));
        Assert.Equal(before.JobId, after.JobId);
        Assert.Equal(PodPhases.Succeeded, ended.Status.Phase);
        Assert.Equal(
            before.Status.ContainerStatuses![0].State!.Running!.StartedAt!.Value.ToUnixTimeSeconds(),
            ended.Status.ContainerStatuses![0].State!.Terminated!.StartedAt!.Value.ToUnixTimeSeconds());
        Assert.Equal("run\n", await File.ReadAllTextAsync(Scratch("runs")));
    }

    [Theory(Timeout = Deadline)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_finished_workload_is_found_again_as_it_ended(bool gracefully)
    {
        var workload = await RunAsync($"echo run >>{Scratch("runs")}; echo output; exit 4");
        var before = await WaitForEndAsync(workload);

        await RestartAsync(gracefully);
        await CreateAsync(workload);
        var listed = Assert.Single(await Provider.ListAsync(CancellationToken.None));

        Assert.Equal(Wire(before.Status), Wire(listed.Status));
        Assert.Equal(before.JobId, listed.JobId);
        Assert.Equal("output\n", await ReadLogAsync(LogOf(workload) with { Follow = true }));
        Assert.Equal("run\n", await File.ReadAllTextAsync(Scratch("runs")));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_workload_that_ended_while_nobody_watched_is_reported_with_its_own_exit_code()
    {
        var workload = await RunAsync($"while ! [ -e {Scratch("go")} ]; do sleep 0.02; done; echo done >{Scratch("done")}; exit 5");
        await WaitForPhaseAsync(workload, PodPhases.Running);

        await File.WriteAllTextAsync(Scratch("go"), "");
        await RestartAsync(gracefully: false);
        var ended = await WaitForEndAsync(workload);

        Assert.Equal((PodPhases.Failed, 5), (ended.Status.Phase, ended.Status.ContainerStatuses![0].State!.Terminated!.ExitCode));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_deletion_that_was_asked_for_goes_on()
    {
        var workload = await RunAsync($"trap 'echo bye >{Scratch("term")}; exit 0' TERM; echo >{Scratch("ready")}; while :; do sleep 0.02; done");
        await WaitForFileAsync(Scratch("ready"));

        await DeleteAsync(workload, graceSeconds: 600);
        await RestartAsync(gracefully: false);
        await WaitForGoneAsync(workload.Id);

        Assert.Equal("bye\n", await File.ReadAllTextAsync(Scratch("term")));
        Assert.Empty(await Provider.ListAsync(CancellationToken.None));
    }

    [Fact(Timeout = Deadline)]
    public async Task Workloads_accepted_right_before_a_kill_run_once_each()
    {
        var pods = new List<Workload>();
        for (var i = 0; i < 5; i++)
        {
            pods.Add(await RunAsync($"echo {i} >>{Scratch("runs")}"));
        }

        await RestartAsync(gracefully: false);
        foreach (var pod in pods)
        {
            Assert.Equal(PodPhases.Succeeded, (await WaitForEndAsync(pod)).Status.Phase);
        }

        Assert.Equal(["0", "1", "2", "3", "4"], (await File.ReadAllLinesAsync(Scratch("runs"))).Order());
    }
}
