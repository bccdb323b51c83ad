using VirtualKubelet.Shim.Protocol;

using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

/// <summary>Section 9.4: what a container leaves to say when it ends.</summary>
[Trait("Item", "N17")]
public sealed class TerminationMessageTests
{
    private const TerminationMessagePolicy Fallback = TerminationMessagePolicy.FallbackToLogsOnError;

    [Fact(Timeout = 60_000)]
    public async Task Of_a_long_message_the_last_4096_bytes_are_shown()
    {
        await using var pod = new TestPod();
        var text = string.Concat(Enumerable.Range(0, 1024).Select(i => $"{i,9}\n"));
        await File.WriteAllTextAsync(pod.Scratch("source"), text);

        var ended = await RunAsync(pod, $"cat {pod.Scratch("source")} > {pod.Scratch("message")}");

        Assert.Equal((0, text[^4096..]), (ended.ExitCode, ended.Message));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_message_is_shown_whatever_the_exit_code(int code)
    {
        await using var pod = new TestPod();

        var ended = await RunAsync(pod, $"printf 'über alles' > {pod.Scratch("message")}; exit {code}", Fallback);

        Assert.Equal((code, "über alles"), (ended.ExitCode, ended.Message));
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_byte_that_belongs_to_no_character_is_replaced()
    {
        await using var pod = new TestPod();

        // Alone, the beginning of a character of three bytes, half a surrogate pair, and one of two bytes, in this order.
        var ended = await RunAsync(pod, $@"printf 'a\377b\342\202c\355\240\200d\303\251' > {pod.Scratch("message")}");

        Assert.Equal("a\ufffdb\ufffd\ufffdc\ufffd\ufffd\ufffdd\u00e9", ended.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Twelve_KiB_are_shared_evenly_by_all_containers_of_a_pod()
    {
        await using var pod = new TestPod();
        ContainerPlan Verbose(string name) => Shell(name, $"yes {name} | head -c 10240 > {pod.Scratch(name)}") with { TerminationMessagePath = pod.Scratch(name) };
        var plan = TestPod.Plan(Verbose("a"), Verbose("b"), Verbose("c"), Verbose("d")) with { InitContainers = [Verbose("e")] };

        var (_, state) = await pod.RunAsync(plan);

        Assert.All(state.Containers.Concat(state.InitContainers), c => Assert.Equal((12 * 1024 / 5, c.Name[0]), (c.Terminated!.Message!.Length, c.Terminated.Message[0])));
    }

    [Fact(Timeout = 60_000)]
    public async Task Three_containers_have_4096_bytes_each()
    {
        await using var pod = new TestPod();
        ContainerPlan Verbose(string name) => Shell(name, $"yes {name} | head -c 10240 > {pod.Scratch(name)}") with { TerminationMessagePath = pod.Scratch(name) };

        var (_, state) = await pod.RunAsync(TestPod.Plan(Verbose("a"), Verbose("b"), Verbose("c")));

        Assert.All(state.Containers, c => Assert.Equal(4096, c.Terminated!.Message!.Length));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(TerminationMessagePolicy.File, 1, false)]
    [InlineData(Fallback, 0, false)]
    [InlineData(Fallback, 1, true)]
    [InlineData(Fallback, 1, true, "/dev/termination-log")]
    [InlineData(Fallback, 1, true, null)]
    [InlineData(Fallback, 1, true, "relative")]
    public async Task The_log_stands_in_for_a_missing_message_after_an_error_if_the_policy_says_so(
        TerminationMessagePolicy policy, int code, bool isShown, string? path = "/absent/message")
    {
        await using var pod = new TestPod();
        var container = Shell("main", $"echo out; echo err >&2; exit {code}") with { TerminationMessagePath = path, TerminationMessagePolicy = policy };

        var (_, state) = await pod.RunAsync(TestPod.Plan(container));

        var message = state.Containers[0].Terminated!.Message;
        Assert.Equal(isShown ? pod.Output("main") : null, message);
        Assert.Contains("out\n", isShown ? message : "out\n");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_empty_file_is_no_message()
    {
        await using var pod = new TestPod();

        var ended = await RunAsync(pod, $"echo log; : > {pod.Scratch("message")}; exit 1", Fallback);

        Assert.Equal("log\n", ended.Message);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(10)]
    [InlineData(200)]
    public async Task Of_a_log_the_last_80_lines_and_2048_bytes_are_shown(int lineLength)
    {
        await using var pod = new TestPod();
        var format = $"%0{lineLength - 1}d\\n";

        var ended = await RunAsync(pod, $"i=0; while test $i -lt 300; do printf '{format}' $i; i=$((i+1)); done; exit 1", Fallback);

        var all = string.Concat(Enumerable.Range(0, 300).Select(i => i.ToString($"D{lineLength - 1}", System.Globalization.CultureInfo.InvariantCulture) + "\n"));
        Assert.Equal(all[^Math.Min(80 * lineLength, 2048)..], ended.Message);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("true")]
    [InlineData("touch -a {0}; cat {0} > /dev/null; chmod 600 {0}")]
    public async Task A_file_from_before_the_container_is_not_its_message(string script)
    {
        await using var pod = new TestPod();
        await File.WriteAllTextAsync(pod.Scratch("message"), "from before");

        var ended = await RunAsync(pod, string.Format(System.Globalization.CultureInfo.InvariantCulture, script, pod.Scratch("message")));

        Assert.Equal((0, (string?)null), (ended.ExitCode, ended.Message));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("echo new > {0}")]
    [InlineData("echo new > {0}; touch -d '2001-01-01' {0}")]
    [InlineData("echo new > {0}.new; mv {0}.new {0}")]
    public async Task A_file_that_the_container_has_replaced_is_its_message(string script)
    {
        await using var pod = new TestPod();
        await File.WriteAllTextAsync(pod.Scratch("message"), "old\n");

        var ended = await RunAsync(pod, string.Format(System.Globalization.CultureInfo.InvariantCulture, script, pod.Scratch("message")));

        Assert.Equal("new\n", ended.Message);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("echo secret > {0}.real; ln -s {0}.real {0}")]
    [InlineData("mkfifo {0}")]
    [InlineData("mkdir {0}")]
    public async Task Only_a_regular_file_is_read_and_anything_else_is_told_in_the_journal(string script)
    {
        await using var pod = new TestPod();
        var plan = TestPod.Plan(Writing(pod, string.Format(System.Globalization.CultureInfo.InvariantCulture, script, pod.Scratch("message")), TerminationMessagePolicy.File));

        var shim = pod.Start(plan);

        Assert.Equal(0, await shim.ExitCodeAsync());
        Assert.Null(pod.State().Containers[0].Terminated!.Message);
        Assert.Contains($"{pod.Scratch("message")} is not read for a termination message: it is no regular file", shim.Errors);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/proc/self/environ")]
    public async Task Neither_a_device_nor_a_file_without_a_size_holds_the_shim_up(string path)
    {
        await using var pod = new TestPod();

        var (code, state) = await pod.RunAsync(TestPod.Plan(Shell("main", "exit 3") with { TerminationMessagePath = path }));

        Assert.Equal((3, (string?)null), (code, state.Containers[0].Terminated!.Message));
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_users_file_is_not_read()
    {
        if (Environment.UserName != "root")
        {
            // Only root can give a file away.
            return;
        }

        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Writing(pod, $"echo theirs > {pod.Scratch("message")}; chown 65534 {pod.Scratch("message")}", TerminationMessagePolicy.File)));

        Assert.Equal(0, await shim.ExitCodeAsync());
        Assert.Null(pod.State().Containers[0].Terminated!.Message);
        Assert.Contains("it is another user's", shim.Errors);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_that_cannot_be_read_fails_no_container()
    {
        await using var pod = new TestPod();
        var loop = pod.Scratch("loop");
        File.CreateSymbolicLink(loop, loop);

        var shim = pod.Start(TestPod.Plan(Shell("main", "true") with { TerminationMessagePath = $"{loop}/message" }));

        Assert.Equal(0, await shim.ExitCodeAsync());
        Assert.Equal(("Completed", (string?)null), (pod.State().Containers[0].Terminated!.Reason, pod.State().Containers[0].Terminated!.Message));
        Assert.Contains("container main: no termination message: statx", shim.Errors);
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_run_has_its_own_message_and_the_one_before_is_kept()
    {
        await using var pod = new TestPod();
        var script = $"test -e {pod.Scratch("again")} && exit 0; echo > {pod.Scratch("again")}; echo first > {pod.Scratch("message")}; exit 1";
        var plan = TestPod.Plan(Writing(pod, script, TerminationMessagePolicy.File)) with { RestartPolicy = RestartPolicy.OnFailure };

        var (_, state) = await pod.RunAsync(plan, "--restart-backoff", "10ms..10ms");

        Assert.Equal((1, null, "first\n"), (state.Containers[0].RestartCount, state.Containers[0].Terminated!.Message, state.Containers[0].LastTerminated!.Message));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_container_that_cannot_be_started_has_no_message_but_the_shims()
    {
        await using var pod = new TestPod();
        var container = new ContainerPlan { Name = "main", Command = ["/absent"], TerminationMessagePath = pod.Scratch("message"), TerminationMessagePolicy = Fallback };

        var (_, state) = await pod.RunAsync(TestPod.Plan(container));

        Assert.Equal("exec: \"/absent\": no such file or directory", state.Containers[0].Terminated!.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_termination_message_does_not_reach_the_journal()
    {
        await using var pod = new TestPod();
        var shim = pod.Start(TestPod.Plan(Writing(pod, $"echo 'for the status only' > {pod.Scratch("message")}", TerminationMessagePolicy.File)));

        await shim.ExitCodeAsync();

        Assert.Equal("for the status only\n", pod.State().Containers[0].Terminated!.Message);
        Assert.DoesNotContain("for the status only", shim.Errors);
    }

    private static ContainerPlan Writing(TestPod pod, string script, TerminationMessagePolicy policy) =>
        Shell("main", script) with { TerminationMessagePath = pod.Scratch("message"), TerminationMessagePolicy = policy };

    private static async Task<ContainerTerminated> RunAsync(TestPod pod, string script, TerminationMessagePolicy policy = TerminationMessagePolicy.File)
    {
        var (_, state) = await pod.RunAsync(TestPod.Plan(Writing(pod, script, policy)));
        return state.Containers[0].Terminated!;
    }
}
