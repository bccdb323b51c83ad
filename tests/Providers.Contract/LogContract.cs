using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Contract;

/// <summary>Reading logs.</summary>
public abstract class LogContract(IProviderHost host) : ProviderContractTests(host)
{
    [Fact(Timeout = Deadline)]
    public async Task A_follower_gets_everything_and_ends_with_the_container()
    {
        var workload = await RunAsync("i=0; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); sleep 0.01; done; printf 'no newline'");

        var log = await ReadLogAsync(LogOf(workload) with { Follow = true });

        Assert.Equal(string.Concat(Enumerable.Range(0, 50).Select(i => $"line {i}\n")) + "no newline", log);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_tail_of_zero_is_nothing_and_an_absent_one_is_everything()
    {
        var workload = await RunAsync("echo one; echo two; echo three");
        await WaitForEndAsync(workload);

        Assert.Equal("", await ReadLogAsync(LogOf(workload) with { TailLines = 0 }));
        Assert.Equal("three\n", await ReadLogAsync(LogOf(workload) with { TailLines = 1 }));
        Assert.Equal("one\ntwo\nthree\n", await ReadLogAsync(LogOf(workload)));
        Assert.Equal("one\ntw", await ReadLogAsync(LogOf(workload) with { LimitBytes = 6 }));
    }

    [Fact(Timeout = Deadline)]
    public async Task Streams_and_times_are_selected()
    {
        var workload = await RunAsync("echo out; echo err >&2");
        await WaitForEndAsync(workload);

        Assert.Equal("out\n", await ReadLogAsync(LogOf(workload) with { Stream = LogStream.Stdout }));
        Assert.Equal("err\n", await ReadLogAsync(LogOf(workload) with { Stream = LogStream.Stderr }));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\S+ out\n$", await ReadLogAsync(LogOf(workload) with { Stream = LogStream.Stdout, Timestamps = true }));
        Assert.Equal("", await ReadLogAsync(LogOf(workload) with { Since = DateTimeOffset.UtcNow.AddMinutes(1) }));
    }

    [Fact(Timeout = Deadline)]
    public async Task Each_run_of_a_container_has_a_log_of_its_own()
    {
        var workload = await CreateAsync(TestPod.Of(new PodSpec
        {
            Containers = [TestPod.Shell($"if [ -e {Scratch("again")} ]; then echo second; else echo first; echo >{Scratch("again")}; exit 1; fi")],
            RestartPolicy = "OnFailure",
        }));
        var ended = await WaitForEndAsync(workload);

        Assert.Equal((PodPhases.Succeeded, 1), (ended.Status.Phase, Assert.Single(ended.Status.ContainerStatuses!).RestartCount));
        Assert.Equal(1, ended.Status.ContainerStatuses![0].LastState!.Terminated!.ExitCode);
        Assert.Equal("first\n", await ReadLogAsync(LogOf(workload, run: 0)));
        Assert.Equal("second\n", await ReadLogAsync(LogOf(workload, run: 1)));
    }

    [Fact(Timeout = Deadline)]
    public async Task What_was_never_there_is_not_found()
    {
        var workload = await RunAsync("echo hello");
        await WaitForEndAsync(workload);

        await RefusedAsync(ProviderErrorKind.NotFound, () => ReadLogAsync(LogOf(workload, run: 7)));
        await RefusedAsync(ProviderErrorKind.NotFound, () => ReadLogAsync(LogOf(workload, run: 7) with { Follow = true }));
        await RefusedAsync(ProviderErrorKind.NotFound, () => ReadLogAsync(LogOf(workload, run: -1)));
        await RefusedAsync(ProviderErrorKind.NotFound, () => ReadLogAsync(LogOf(workload, container: "other")));
        await RefusedAsync(ProviderErrorKind.NotFound, () => ReadLogAsync(LogOf(workload, container: "../main")));
        await RefusedAsync(ProviderErrorKind.NotFound, () => ReadLogAsync(LogOf(TestPod.Of(TestPod.Shell("true")))));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_container_unknown_to_a_running_workload_is_not_waited_for()
    {
        var workload = await RunAsync("sleep 600");

        await RefusedAsync(ProviderErrorKind.NotFound, () => ReadLogAsync(LogOf(workload, container: "other") with { Follow = true }));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_follower_of_a_silent_container_is_told_that_it_is_connected()
    {
        var workload = await RunAsync("sleep 600");
        await WaitForPhaseAsync(workload, PodPhases.Running);
        using var leaving = new CancellationTokenSource();
        var output = new FlushProbe();

        var reading = Provider.ReadLogsAsync(LogOf(workload) with { Follow = true }, output, leaving.Token);

        Assert.Equal(0, await output.FirstFlush.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.False(reading.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
