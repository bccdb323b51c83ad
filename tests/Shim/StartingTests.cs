using VirtualKubelet.Shim.Protocol;
using static VirtualKubelet.Shim.Tests.Containers;

namespace VirtualKubelet.Shim.Tests;

public sealed class StartingTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("no-such-program", "exec: \"no-such-program\": executable file not found in $PATH")]
    [InlineData("", "exec: \"\": executable file not found in $PATH")]
    [InlineData("/no/such/program", "exec: \"/no/such/program\": no such file or directory")]
    [InlineData("/etc/passwd", "exec: \"/etc/passwd\": permission denied")]
    [InlineData("/tmp", "exec: \"/tmp\": permission denied")]
    public async Task A_program_that_cannot_be_executed_is_a_start_error(string program, string message)
    {
        await using var pod = new TestPod();

        var (code, state) = await pod.RunAsync(TestPod.Plan(new ContainerPlan { Name = "main", Command = [program] }, Shell("other", "true")));

        var ended = state.Containers[0].Terminated!;
        Assert.Equal((128, 128, "StartError", message), (code, ended.ExitCode, ended.Reason, ended.Message));
        Assert.Null(ended.StartedAt);
        Assert.Equal(0, state.Containers[1].Terminated!.ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_start_error_stays_short_enough_for_a_status()
    {
        await using var pod = new TestPod();

        var (_, state) = await pod.RunAsync(TestPod.Plan(new ContainerPlan { Name = "main", Command = [new string('x', 100_000)] }));

        Assert.InRange(state.Containers[0].Terminated!.Message!.Length, 1000, 1100);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_is_no_program_is_a_start_error()
    {
        await using var pod = new TestPod();
        var file = pod.Scratch("data");
        await File.WriteAllTextAsync(file, "plain text");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var (_, state) = await pod.RunAsync(TestPod.Plan(new ContainerPlan { Name = "main", Command = [file] }));

        Assert.Contains("exec format error", state.Containers[0].Terminated!.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_container_without_a_command_is_a_start_error_of_the_Host_runtime()
    {
        await using var pod = new TestPod();

        var (_, state) = await pod.RunAsync(TestPod.Plan(new ContainerPlan { Name = "main", Image = "busybox", Args = ["true"] }));

        Assert.Equal("StartError", state.Containers[0].Terminated!.Reason);
        Assert.StartsWith("no command", state.Containers[0].Terminated!.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Programs_are_looked_up_in_the_containers_own_path_and_working_directory()
    {
        await using var pod = new TestPod();
        var tools = Directory.CreateDirectory(pod.Scratch("tools")).FullName;
        var tool = Path.Combine(tools, "my-tool");
        await File.WriteAllTextAsync(tool, "#!/bin/sh\npwd\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.Combine(tools, "sh"));

        var (code, _) = await pod.RunAsync(TestPod.Plan(
            new ContainerPlan { Name = "by-path", Command = ["my-tool"], Environment = [new("PATH", $"/none:{tools}:/bin")] },
            new ContainerPlan { Name = "relative", Command = ["./my-tool"], WorkingDirectory = tools },
            new ContainerPlan { Name = "relative-path", Command = ["my-tool"], WorkingDirectory = pod.Layout.Root, Environment = [new("PATH", "tools:/bin")] },
            new ContainerPlan { Name = "not-a-directory", Command = ["sh", "-c", "true"], Environment = [new("PATH", $"{tools}:/bin")] }));

        Assert.Equal(0, code);
        Assert.Equal(tools + "\n", pod.Output("relative"));
        Assert.Equal(pod.Layout.Root + "\n", pod.Output("relative-path"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_working_directory_that_is_not_there_is_a_start_error()
    {
        await using var pod = new TestPod();

        var (_, state) = await pod.RunAsync(TestPod.Plan(Shell("main", "true") with { WorkingDirectory = "/no/where" }));

        Assert.Equal("working directory \"/no/where\": no such directory", state.Containers[0].Terminated!.Message);
    }
}
