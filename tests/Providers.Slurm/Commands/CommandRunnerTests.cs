using System.Diagnostics;
using VirtualKubelet.Providers.Slurm.Commands;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Providers.Slurm.Tests.Commands;

public sealed class CommandRunnerTests
{
    private const int Deadline = 60_000;

    private readonly CommandRunner _runner = new(new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["GIVEN"] = "value" }, TimeSpan.FromSeconds(30), TimeProvider.System);
    private readonly CommandRunner _hasty = new(new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, TimeSpan.FromSeconds(1), TimeProvider.System);

    [Fact(Timeout = Deadline)]
    public async Task Output_errors_and_exit_code_arrive()
    {
        var result = await ShellAsync(_runner, "echo out; echo one >&2; echo two >&2; exit 3");

        Assert.Equal(new CommandResult(3, "out\n", "one\ntwo"), result);
        Assert.Equal("one; two", result.Words);
        Assert.Equal("exit code 4 and not a word", (await ShellAsync(_runner, "exit 4")).Words);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_command_inherits_no_variable_and_no_input()
    {
        var result = await _runner.RunAsync("/bin/sh", ["-c", "cat; exec cat /proc/self/environ"], CancellationToken.None);

        Assert.Equal(["GIVEN=value", "PATH=/usr/bin:/bin"], result.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(v => !v.StartsWith("PWD=", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Deadline)]
    public async Task Arguments_are_no_shell_text()
    {
        string[] hostile = ["", "$(id)", "'", "a b", "\n", "--"];

        var result = await _runner.RunAsync("/bin/sh", ["-c", "printf '%s\\0' \"$@\"", "sh", .. hostile], CancellationToken.None);

        Assert.Equal(hostile, result.Output.Split('\0')[..^1]);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_command_that_hangs_is_killed_with_its_children_at_the_deadline()
    {
        var token = Guid.NewGuid().ToString();

        await Assert.ThrowsAsync<CommandTimeoutException>(() => ShellAsync(_hasty, $"sh -c 'sleep 600; : {token}' & wait"));

        await UntilGoneAsync(token);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_child_that_keeps_the_output_open_delays_nothing_beyond_the_deadline()
    {
        var token = Guid.NewGuid().ToString();
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAsync<CommandTimeoutException>(() => ShellAsync(_hasty, $"(setsid sh -c 'sleep 8; : {token}' &); exit 0"));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        await UntilGoneAsync(token);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_cancelled_call_kills_its_command()
    {
        var token = Guid.NewGuid().ToString();
        using var cancelling = new CancellationTokenSource();
        var running = _runner.RunAsync("/bin/sh", ["-c", $"sleep 600; : {token}"], cancelling.Token);

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await UntilGoneAsync(token);
    }

    [Fact(Timeout = Deadline)]
    public async Task Output_without_bounds_is_cut_short()
    {
        var error = await Assert.ThrowsAsync<ProviderException>(() => _runner.RunAsync("yes", [], CancellationToken.None));

        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
        Assert.Contains("64 MiB", error.Message);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_command_that_is_not_there_says_what_to_do()
    {
        var error = await Assert.ThrowsAsync<ProviderException>(() => _runner.RunAsync("/nowhere/squeue", [], CancellationToken.None));

        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
        Assert.Contains("spec.slurm.binDirectory", error.Message);
    }

    [Fact(Timeout = Deadline)]
    public async Task Hundreds_of_commands_leave_no_descriptor_behind()
    {
        await ShellAsync(_runner, "true");
        var before = Directory.EnumerateFiles("/proc/self/fd").Count();

        for (var i = 0; i < 200; i++)
        {
            await ShellAsync(_runner, "true");
        }

        // Other tests of this process open and close files as well; a leak would be two or three a command.
        Assert.InRange(Directory.EnumerateFiles("/proc/self/fd").Count() - before, -1000, 300);
    }

    private static Task<CommandResult> ShellAsync(CommandRunner runner, string script) => runner.RunAsync("/bin/sh", ["-c", script], CancellationToken.None);

    private static async Task UntilGoneAsync(string token)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (RunningProcesses.Find(words => words.Any(w => w.Contains(token, StringComparison.Ordinal))).Count > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token);
        }
    }
}
