using System.Text;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Contract;

/// <summary>Creating workloads, and how they end by themselves.</summary>
public abstract class LifeCycleContract(IProviderHost host) : ProviderContractTests(host)
{
    [Fact(Timeout = Deadline)]
    public async Task A_workload_runs_and_succeeds_with_times_exit_codes_and_container_IDs()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-2);
        var workload = await RunAsync($"echo hello; while ! [ -e {Scratch("go")} ]; do sleep 0.02; done");

        var running = await WaitForPhaseAsync(workload, PodPhases.Running);
        await File.WriteAllTextAsync(Scratch("go"), "");
        var ended = await WaitForEndAsync(workload);

        var container = Assert.Single(ended.Status.ContainerStatuses!);
        var terminated = container.State!.Terminated!;
        Assert.Equal(PodPhases.Succeeded, ended.Status.Phase);
        Assert.Equal((0, "Completed"), (terminated.ExitCode, terminated.Reason));
        Assert.InRange(ended.Status.StartTime!.Value, before, DateTimeOffset.UtcNow.AddSeconds(2));
        Assert.InRange(terminated.StartedAt!.Value, before, terminated.FinishedAt!.Value);
        Assert.InRange(terminated.FinishedAt!.Value, before, DateTimeOffset.UtcNow.AddSeconds(2));
        Assert.Matches("^[a-z0-9]+://.+$", container.ContainerID);
        Assert.Equal(container.ContainerID, terminated.ContainerID);
        Assert.Equal(container.ContainerID, Assert.Single(running.Status.ContainerStatuses!).ContainerID);
        Assert.Equal((0, "main", "busybox", false), (container.RestartCount, container.Name, container.Image, container.Ready));
        Assert.True(running.Status.ContainerStatuses![0].Ready);
        Assert.NotNull(running.Status.ContainerStatuses[0].State!.Running);
        Assert.NotNull(ended.JobId);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_workload_is_listed_as_pending_or_later_once_create_returns()
    {
        var workload = await RunAsync("sleep 600");

        var status = Assert.Single(await Provider.ListAsync(CancellationToken.None));

        Assert.Equal(workload.Id, status.Id);
        Assert.Contains(status.Status.Phase, new[] { PodPhases.Pending, PodPhases.Running });
        Assert.Equal("main", Assert.Single(status.Status.ContainerStatuses!).Name);
    }

    [Fact(Timeout = Deadline)]
    public async Task Creating_a_workload_again_changes_nothing_before_and_after_its_end()
    {
        var workload = TestPod.Of(TestPod.Shell($"echo run >>{Scratch("runs")}"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync(workload)));
        await WaitForEndAsync(workload);
        await CreateAsync(workload);

        // A later workload has come and gone: whatever a second run of the first one needed, it had the time.
        await WaitForEndAsync(await RunAsync("true"));

        Assert.Equal("run\n", await File.ReadAllTextAsync(Scratch("runs")));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_failed_container_fails_the_workload_with_its_exit_code()
    {
        var workload = await CreateAsync(TestPod.Of(TestPod.Shell("exit 3", "bad"), TestPod.Shell("true", "good")));

        var ended = await WaitForEndAsync(workload);

        Assert.Equal(PodPhases.Failed, ended.Status.Phase);
        Assert.Equal(
            [("bad", 3, "Error"), ("good", 0, "Completed")],
            ended.Status.ContainerStatuses!.Select(c => (c.Name, c.State!.Terminated!.ExitCode, c.State.Terminated.Reason)).Order());
    }

    [Fact(Timeout = Deadline)]
    public async Task A_signalled_container_fails_the_workload_with_128_and_the_signal()
    {
        var ended = await WaitForEndAsync(await RunAsync("kill -9 $$"));

        var terminated = Assert.Single(ended.Status.ContainerStatuses!).State!.Terminated!;
        Assert.Equal((PodPhases.Failed, 137, 9), (ended.Status.Phase, terminated.ExitCode, terminated.Signal));
    }

    [Fact(Timeout = Deadline)]
    public async Task Init_containers_run_one_after_the_other_before_the_main_ones()
    {
        var log = Scratch("order");
        var workload = await CreateAsync(TestPod.Of(new PodSpec
        {
            InitContainers = [TestPod.Shell($"sleep 0.2; echo first >>{log}", "first"), TestPod.Shell($"echo second >>{log}", "second")],
            Containers = [TestPod.Shell($"echo main >>{log}")],
            RestartPolicy = "Never",
        }));

        var ended = await WaitForEndAsync(workload);

        Assert.Equal(PodPhases.Succeeded, ended.Status.Phase);
        Assert.Equal("first\nsecond\nmain\n", await File.ReadAllTextAsync(log));
        Assert.Equal([("first", true), ("second", true)], ended.Status.InitContainerStatuses!.Select(c => (c.Name, c.Ready)));
    }

    [Fact(Timeout = Deadline)]
    public async Task Environment_and_arguments_arrive_byte_for_byte()
    {
        string[] hostile =
        [
            "", " ", "a b", "'", "\"", "\\", "$HOME `id` $(id) ${X}", "two\nlines\r\n", "-n", "--", "*", "~", "#SBATCH --foo", ";|&<>", "%j%%", "üñí€😀",
            "\u0001\u001b[31m\t", new('x', 100_000),
        ];
        var print = $"for a in \"$@\"; do printf '%s\\0' \"$a\"; done >{Scratch("args")}; cat /proc/self/environ >{Scratch("env")}";
        var workload = await CreateAsync(TestPod.Of(new Container
        {
            Name = "main",
            Command = ["/bin/sh", "-c", print, "sh"],
            Args = hostile,
            Env = [.. hostile.Select((value, i) => new EnvVar { Name = $"HOSTILE_{i}", Value = value })],
        }));

        var ended = await WaitForEndAsync(workload);

        Assert.True(ended.Status.Phase == PodPhases.Succeeded, Wire(ended.Status));
        Assert.Equal(hostile, Strings(await File.ReadAllBytesAsync(Scratch("args"))));
        var environment = Strings(await File.ReadAllBytesAsync(Scratch("env"))).ToHashSet();
        Assert.All(hostile.Select((value, i) => $"HOSTILE_{i}={value}"), variable => Assert.Contains(variable, environment));
    }

    public static TheoryData<string, Workload> Impossible => new()
    {
        { "no containers", TestPod.Of() },
        { "two containers of one name", TestPod.Of(TestPod.Shell("true"), TestPod.Shell("true")) },
        { "a container name that is a path", TestPod.Of(TestPod.Shell("true", "../../escape")) },
        { "a NUL in an argument", TestPod.Of(new Container { Name = "main", Command = ["/bin/echo", "a\0b"] }) },
        { "a NUL in a variable", TestPod.Of(TestPod.Shell("true") with { Env = [new EnvVar { Name = "A", Value = "\0" }] }) },
        { "a variable with = in its name", TestPod.Of(TestPod.Shell("true") with { Env = [new EnvVar { Name = "A=B", Value = "" }] }) },
        { "half a surrogate pair", TestPod.Of(new Container { Name = "main", Command = ["/bin/echo", "\ud800"] }) },
        { "an unknown restart policy", TestPod.Of(new PodSpec { Containers = [TestPod.Shell("true")], RestartPolicy = "Sometimes" }) },
        { "a negative deadline", TestPod.Of(new PodSpec { Containers = [TestPod.Shell("true")], ActiveDeadlineSeconds = -1 }) },
        { "a name that is a path", Named("default", "../../escape", "u1") },
        { "a namespace with a line break", Named("a\nb", "pod", "u1") },
        { "a UID with shell in it", Named("default", "pod", "$(id)'`\"") },
        { "an empty name", Named("default", "", "u1") },
        { "names longer than any file name", Named(new('n', 63), new('p', 253), "u1") },
    };

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public async Task A_workload_that_can_never_run_is_refused_and_leaves_nothing_behind(string what, Workload workload)
    {
        var error = await RefusedAsync(ProviderErrorKind.Invalid, () => Provider.CreateAsync(workload, CancellationToken.None));

        Assert.NotEmpty(error.Message);
        Assert.Empty(await Provider.ListAsync(CancellationToken.None));
        Assert.True(!Directory.Exists(WorkDirectory) || !Directory.EnumerateDirectories(WorkDirectory).Any(), what);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_update_needs_a_known_workload()
    {
        var workload = await RunAsync("sleep 600");

        await Provider.UpdateAsync(workload, CancellationToken.None);

        await RefusedAsync(ProviderErrorKind.NotFound, () => Provider.UpdateAsync(TestPod.Of(TestPod.Shell("true")), CancellationToken.None));
    }

    [Fact(Timeout = Deadline)]
    public async Task The_node_says_what_it_offers_and_how_its_backend_fares()
    {
        var node = await Provider.GetNodeAsync(CancellationToken.None);

        Assert.Superset(new HashSet<string> { "cpu", "memory", "pods" }, node.Capacity.Keys.ToHashSet());
        Assert.Equal(node.Capacity.Keys.Order(), node.Allocatable.Keys.Order());
        Assert.Contains(node.Conditions, c => c.Type == NodeCondition.SlurmReachable);
    }

    private static Workload Named(string @namespace, string name, string uid) => new(new Pod
    {
        Metadata = new ObjectMeta { Namespace = @namespace, Name = name, Uid = uid },
        Spec = new PodSpec { Containers = [TestPod.Shell("true")], RestartPolicy = "Never" },
    });

    private static string[] Strings(byte[] terminated) => Encoding.UTF8.GetString(terminated).Split('\0')[..^1];
}
