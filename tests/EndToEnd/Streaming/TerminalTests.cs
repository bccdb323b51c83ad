using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>An interactive shell in a job.</summary>
public sealed class TerminalTests(StreamingPod pod) : IClassFixture<StreamingPod>
{
    private const int Deadline = 240_000;
    private const string Prompt = "prompt> ";
    private const string Interrupt = "\u0003";
    private const string Suspend = "\u001a";

    [Fact(Timeout = Deadline)]
    public async Task The_prompt_is_there_before_anything_is_typed_and_the_exit_code_is_passed_on()
    {
        await using var shell = await StartAsync();

        await shell.ExpectAsync(Prompt);
        await shell.TypeAsync("exit 7\n");

        Assert.Equal(7, (await shell.EndAsync()).RequireExitCode());
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X17")]
    [Trait("Item", "W9")]
    public async Task The_terminal_has_the_clients_size_from_the_start_and_follows_it()
    {
        await using var shell = await StartAsync(new TerminalSize(90, 20));
        await shell.ExpectAsync(Prompt);
        await WaitForSizeAsync(shell, "20 90");

        await shell.Session.ResizeAsync(new TerminalSize(120, 40), CancellationToken.None);

        await WaitForSizeAsync(shell, "40 120");
    }

    [Fact(Timeout = Deadline)]
    public async Task Ctrl_C_interrupts_what_runs_and_leaves_the_shell()
    {
        await using var shell = await StartAsync();
        await shell.ExpectAsync(Prompt);
        await shell.AskAsync("echo star''ted; sleep 3600", "started");

        await shell.TypeAsync(Interrupt);
        await shell.ExpectAsync(Prompt);

        await shell.AskAsync("echo code $?.", "code 130.");
        await shell.AskAsync("exit", "exit");
        Assert.Equal(0, (await shell.EndAsync()).RequireExitCode());
    }

    [Fact(Timeout = Deadline)]
    public async Task Jobs_can_be_stopped_continued_and_killed()
    {
        // It says itself when it goes on: by then the terminal is its own again. Not a shell: one that waits in vfork for a stopped child does not stop.
        var job = pod.Agent.Files.Scratch("job.pl");
        await File.WriteAllTextAsync(job, "$| = 1; $SIG{CONT} = sub { print \"continued\\n\" }; print \"started\\n\"; sleep 1 while 1;\n");
        await using var shell = await StartAsync();
        await shell.ExpectAsync(Prompt);
        await shell.AskAsync($"perl {job}", "started");

        await shell.TypeAsync(Suspend);
        await shell.ExpectAsync("Stopped");
        await shell.ExpectAsync(Prompt);
        await shell.AskAsync("fg", "continued");
        await shell.TypeAsync(Suspend);
        await shell.ExpectAsync("Stopped");
        await shell.ExpectAsync(Prompt);
        await shell.AskAsync("kill -9 %1; while kill -0 %1; do sleep 0.05; done 2>/dev/null; echo go''ne", "gone");

        await shell.AskAsync("fg; exit $?", "no such job");
        Assert.Equal(1, (await shell.EndAsync()).RequireExitCode());
    }

    [Fact(Timeout = Deadline)]
    public async Task A_full_screen_program_draws_itself_in_the_clients_size_and_hears_keys()
    {
        await using var shell = await StartAsync(new TerminalSize(100, 30));
        await shell.ExpectAsync(Prompt);

        await shell.AskAsync("top -d 1", "load average");
        await shell.ExpectAsync("COMMAND");
        await shell.Session.ResizeAsync(new TerminalSize(120, 12), CancellationToken.None);
        await shell.ExpectAsync("load average");
        await shell.ExpectAsync("COMMAND");
        await shell.TypeAsync("q");

        await shell.ExpectAsync(Prompt);
        await WaitForSizeAsync(shell, "12 120");
        await shell.AskAsync("exit 0", "exit");
        Assert.Equal(0, (await shell.EndAsync()).RequireExitCode());
    }

    private async Task<Conversation> StartAsync(TerminalSize? size = null)
    {
        var request = new ExecRequest("default", StreamingPod.Name, "main", ["env", $"PS1={Prompt}", "bash", "--norc", "--noprofile", "-i"]) { Stdin = true, Tty = true };
        var session = await pod.Agent.Client.ExecAsync(request, CancellationToken.None);
        await session.ResizeAsync(size ?? new TerminalSize(80, 24), CancellationToken.None);
        return new Conversation(session);
    }

    /// <summary>Sizes travel beside the keys and may be a moment behind them.</summary>
    private static async Task WaitForSizeAsync(Conversation shell, string size)
    {
        while (!(await AskForSizeAsync(shell)).Contains(size, StringComparison.Ordinal))
        {
        }
    }

    private static async Task<string> AskForSizeAsync(Conversation shell)
    {
        await shell.AskAsync("stty size", "stty size");
        return await shell.ExpectAsync(Prompt);
    }
}
