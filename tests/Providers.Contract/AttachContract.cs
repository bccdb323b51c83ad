using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Contract;

/// <summary>The own streams of running containers.</summary>
public abstract class AttachContract(IProviderHost host) : ProviderContractTests(host)
{
    [Fact(Timeout = Deadline)]
    [Trait("Item", "X20")]
    public async Task All_who_are_attached_see_the_output_until_the_container_ends()
    {
        var workload = await RunAsync($"echo before; until [ -e {Scratch("go")} ]; do echo beat; sleep 0.05; done; echo out; echo err >&2; exit 5");
        await WaitForPhaseAsync(workload, PodPhases.Running);
        StreamProbe[] probes = [new(), new(), new()];

        var attached = probes.Select(p => AttachAsync(workload, p.Output)).ToArray();
        await Task.WhenAll(probes.Select(p => p.WaitForAsync("beat\n")));
        await File.WriteAllTextAsync(Scratch("go"), "");

        await Task.WhenAll(attached);
        foreach (var probe in probes)
        {
            var (stdout, stderr) = await probe.TextAsync();
            Assert.EndsWith("out\n", stdout, StringComparison.Ordinal);
            Assert.Equal("err\n", stderr);
        }
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X20")]
    public async Task Who_leaves_takes_nothing_along_and_the_next_may_go_on()
    {
        var workload = await CreateAsync(TestPod.Of(TestPod.Shell("while read line; do echo \"got $line\"; done; echo end") with { Stdin = true }));
        await WaitForPhaseAsync(workload, PodPhases.Running);
        var first = new StreamProbe();
        using var leaving = new CancellationTokenSource();
        var attached = Provider.AttachAsync(Request(workload), first.WithInput, leaving.Token);
        await first.TypeAsync("one\n");
        await first.WaitForAsync("got one\n");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attached);

        var second = new StreamProbe();
        var again = AttachAsync(workload, second.WithInput);
        await second.TypeAsync("two\n");
        await second.WaitForAsync("got two\n");
        await second.Stdin.CompleteAsync();
        var third = new StreamProbe();
        _ = AttachAsync(workload, third.WithInput);
        await third.TypeAsync("three\n");
        await second.WaitForAsync("got three\n");

        Assert.False(again.IsCompleted);
    }

    [Fact(Timeout = Deadline)]
    public async Task Stdin_that_is_open_once_ends_with_the_first_who_leaves()
    {
        var workload = await CreateAsync(TestPod.Of(TestPod.Shell("cat; echo end; exit 3") with { Stdin = true, StdinOnce = true }));
        await WaitForPhaseAsync(workload, PodPhases.Running);
        var probe = new StreamProbe();

        var attached = AttachAsync(workload, probe.WithInput);
        await probe.TypeAsync("all there is\n");
        await probe.Stdin.CompleteAsync();

        await attached;
        Assert.Equal("all there is\nend\n", (await probe.TextAsync()).Stdout);
        var ended = await WaitForEndAsync(workload);
        Assert.Equal(3, ended.Status.ContainerStatuses![0].State!.Terminated!.ExitCode);
        Assert.Equal("all there is\nend\n", await ReadLogAsync(LogOf(workload)));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_container_without_stdin_reads_nothing_whatever_is_sent()
    {
        var workload = await RunAsync($"cat; until [ -e {Scratch("go")} ]; do echo beat; sleep 0.05; done");
        await WaitForPhaseAsync(workload, PodPhases.Running);
        var probe = new StreamProbe();

        var attached = AttachAsync(workload, probe.WithInput);
        await probe.TypeAsync("typed\n");
        await probe.WaitForAsync("beat\n");
        await File.WriteAllTextAsync(Scratch("go"), "");

        await attached;
        Assert.DoesNotContain("typed", await ReadLogAsync(LogOf(workload)), StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X19")]
    public async Task A_container_with_a_terminal_has_its_size_and_its_keys()
    {
        var workload = await CreateAsync(TestPod.Of(new Container { Name = "main", Image = "none", Command = ["/bin/bash", "--norc", "-i"], Stdin = true, Tty = true }));
        await WaitForPhaseAsync(workload, PodPhases.Running);
        var probe = new StreamProbe();
        probe.Resize(99, 33);

        var attached = AttachAsync(workload, probe.Terminal);
        await probe.TypeAsync("PS1='> '; echo r''eady >&2; stty size\n");
        await probe.WaitForAsync("ready\r\n33 99\r\n");
        probe.Resize(80, 24);
        await probe.TypeAsync("while [ \"$(stty size)\" != '24 80' ]; do sleep 0.02; done; sh -c 'echo o''ne; exec sleep 600'\n");
        await probe.WaitForAsync("one\r\n");
        await probe.TypeAsync("\u0003");
        await probe.WaitForAsync("> ");
        await probe.TypeAsync("exit 6\n");

        await attached;
        Assert.Equal(6, (await WaitForEndAsync(workload)).Status.ContainerStatuses![0].State!.Terminated!.ExitCode);
        Assert.Contains("33 99", await ReadLogAsync(LogOf(workload)), StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task Who_does_not_read_is_let_go_and_never_holds_the_container_up()
    {
        var workload = await RunAsync($"until [ -e {Scratch("go")} ]; do echo beat; sleep 0.05; done; head -c 8000000 /dev/zero; echo >{Scratch("done")}; sleep 600");
        await WaitForPhaseAsync(workload, PodPhases.Running);
        var stalled = new StreamProbe(patient: false);
        var attached = AttachAsync(workload, stalled.Output);
        await stalled.Stdout.ReadAsync();

        await File.WriteAllTextAsync(Scratch("go"), "");

        await WaitForFileAsync(Scratch("done"));
        await stalled.Stdout.CompleteAsync();
        var error = await Assert.ThrowsAsync<ProviderException>(() => attached.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
        Assert.Contains("behind", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task What_is_not_there_or_does_not_run_is_told_apart()
    {
        var ended = await RunAsync("true");
        await WaitForEndAsync(ended);

        await RefusedAsync(ProviderErrorKind.NotRunning, () => AttachAsync(ended, new StreamProbe().Output));
        await RefusedAsync(ProviderErrorKind.NotFound, () => AttachAsync(TestPod.Of(TestPod.Shell("true")), new StreamProbe().Output));
        await RefusedAsync(
            ProviderErrorKind.NotFound, () => Provider.AttachAsync(Request(ended) with { Container = "other" }, new StreamProbe().Output, CancellationToken.None));
    }

    private static AttachRequest Request(Workload workload) => new() { Workload = workload.Id, Container = "main" };

    private Task AttachAsync(Workload workload, ContainerStreams streams) => Provider.AttachAsync(Request(workload), streams, CancellationToken.None);
}
