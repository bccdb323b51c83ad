using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd;

/// <summary><c>vk-slurm exec</c>, <c>attach</c> and <c>port-forward</c> as a user runs them, on jobs of a real Slurm.</summary>
public sealed partial class SessionCommandTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    public async Task Exec_keeps_the_outputs_apart_and_passes_input_arguments_and_exit_code_on()
    {
        await using var agent = await Agent.StartAsync(cluster);
        await StartPodAsync(agent, "sleep 600");

        var apart = await agent.CommandAsync("exec", "default/pod", "--", "sh", "-c", "echo out; echo err >&2; exit 3");
        Assert.Equal((3, "out\n", "err\n"), (apart.ExitCode, apart.Output, apart.Error));
        var words = await agent.CommandAsync("exec", "pod", "-c", "main", "--", "printf", "%s|", "@file", "-c", "--server", "a b");
        Assert.Equal((0, "@file|-c|--server|a b|"), (words.ExitCode, words.Output));

        var file = agent.Files.Scratch("input");
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i}\n")));
        await Run.CheckedAsync("/bin/bash", ["-c", $"{Line(agent, "exec -i pod", "cat")} <{file} | cmp - {file}"], cluster.Variables);
        Assert.Equal("0\n", await Run.CheckedAsync("/bin/bash", ["-c", $"{Line(agent, "exec pod", "wc -c")} <{file}"], cluster.Variables));

        // Two outputs into one file follow each other, as both write at its end; each waits until the one before is there.
        var script = $"echo 1; until grep -q 1 {file}; do sleep 0.1; done; echo 2 >&2; until grep -q 2 {file}; do sleep 0.1; done; echo 3";
        await Run.CheckedAsync("/bin/bash", ["-c", $"{Line(agent, "exec pod", $"sh -c '{script}'")} >{file} 2>&1"], cluster.Variables);
        Assert.Equal("1\n2\n3\n", await File.ReadAllTextAsync(file));
    }

    [Fact(Timeout = Deadline)]
    public async Task What_cannot_be_run_is_said_in_one_line()
    {
        await using var agent = await Agent.StartAsync(cluster);
        var pod = Manifest.Pod("pod", "sleep 600");
        agent.Declare(pod with { Spec = pod.Spec with { Containers = [.. pod.Spec.Containers!, Manifest.Container("brief", "exit 4")] } });
        await agent.WaitAsync("pod", p => p.Status?.ContainerStatuses?.Any(s => s is { Name: "brief", State.Terminated: not null }) == true, "the end of brief");

        foreach (var (command, words) in new (string[], string)[]
        {
            (["exec", "nobody", "--", "true"], "pod default/nobody does not exist"),
            (["exec", "nobody", "-c", "main", "--", "true"], "pod default/nobody does not exist"),
            (["exec", "pod", "-c", "none", "--", "true"], "pod default/pod has no container none, but main, brief"),
            (["attach", "pod", "-c", "brief"], "container brief of pod default/pod is not running: it has ended with exit code 4 (Error)"),
            (["exec", "pod", "--", "/no/such"], "Internal error occurred: error executing command in container: exec: \"/no/such\": no such file or directory"),
            (["port-forward", "nobody", "80"], "pod default/nobody does not exist"),
        })
        {
            var outcome = await agent.CommandAsync(command);
            Assert.Equal((1, $"error: {words}\n", ""), (outcome.ExitCode, outcome.Error, outcome.Output));
        }

        Assert.Contains("no port mapping", (await agent.CommandAsync("port-forward", "pod", "80:0")).Error, StringComparison.Ordinal);
        Assert.Equal(1, (await agent.CommandAsync("port-forward", "pod")).ExitCode);
        Assert.Equal(1, (await agent.CommandAsync("exec", "pod")).ExitCode);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_output_nobody_reads_ends_the_command()
    {
        await using var agent = await Agent.StartAsync(cluster);
        await StartPodAsync(agent, "sleep 600");

        var head = await Run.TryAsync("/bin/bash", ["-c", $"{Line(agent, "exec pod", "yes")} | head -1; echo ${{PIPESTATUS[0]}}"], cluster.Variables);

        Assert.Equal((0, "y\n141\n", ""), (head.ExitCode, head.Output, head.Error));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_terminal_is_handed_over_with_its_size_and_restored_however_the_session_ends()
    {
        await using var agent = await Agent.StartAsync(cluster);
        await StartPodAsync(agent, "sleep 600");
        var script = agent.Files.Scratch("terminal.sh");
        await File.WriteAllTextAsync(script, $"""
            stty rows 40 cols 120
            stty -g >{script}.before
            {Line(agent, "exec -it pod", "sh -c 'until [ \"$(stty size)\" = \"40 120\" ]; do sleep 0.1; done; echo size is right; read line; echo got $line; sleep 600'")}
            echo code $?
            stty -g >{script}.after
            cmp {script}.before {script}.after && echo restored
            {Line(agent, "exec -it pod", "sleep 600")} </dev/tty & pid=$!
            until stty -a | grep -q -- -icanon; do sleep 0.1; done
            kill -TERM $pid
            wait $pid
            echo code $?
            stty -g >{script}.after
            cmp {script}.before {script}.after && echo restored again
            """);
        using var terminal = Run.Start("/usr/bin/script", ["-qec", $"bash {script}", "/dev/null"], cluster.Variables);
        using var leftover = new Leftover(terminal);
        var output = new TerminalText(terminal.StandardOutput);

        await output.WaitForAsync("size is right");
        await terminal.StandardInput.WriteAsync("hello\r");
        await terminal.StandardInput.FlushAsync();
        await output.WaitForAsync("got hello");

        // Ctrl-C is the other side's: it ends the sleep there, not our command here.
        await terminal.StandardInput.WriteAsync("\x03");
        await terminal.StandardInput.FlushAsync();
        await output.WaitForAsync("code 130");
        await output.WaitForAsync("restored");
        await output.WaitForAsync("restored again");
        await terminal.WaitForExitAsync().WaitAsync(Poll.Patience);
    }

    [Fact(Timeout = Deadline)]
    public async Task Attach_joins_the_container_and_ends_with_it()
    {
        await using var agent = await Agent.StartAsync(cluster);
        var pod = Manifest.Pod("pod", "while read line; do echo got $line; done; exit 5");
        agent.Declare(pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers![0] with { Stdin = true, StdinOnce = true }] } });
        await agent.WaitForPhaseAsync("pod", PodPhases.Running);

        using var attached = agent.Start("attach", "-i", "pod");
        using var leftover = new Leftover(attached);
        await attached.StandardInput.WriteLineAsync("hello");
        Assert.Equal("got hello", await attached.StandardOutput.ReadLineAsync().WaitAsync(Poll.Patience));
        attached.StandardInput.Close();

        await attached.WaitForExitAsync().WaitAsync(Poll.Patience);
        Assert.Equal(0, attached.ExitCode);
        await agent.WaitForEndAsync("pod");
    }

    [Fact(Timeout = Deadline)]
    public async Task Port_forward_says_where_it_listens_and_outlives_refused_ports_and_the_agent()
    {
        var port = FreePort();
        await using var agent = await Agent.StartAsync(cluster);
        await StartPodAsync(agent, $"exec perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => \"127.0.0.1\", LocalPort => {port}, Listen => 9, ReuseAddr => 1) or die; $| = 1; print \"listening\\n\"; while ($c = $s->accept) {{ print $c \"hello\\n\"; close $c }}'");
        await Poll.UntilAsync(async () => await agent.LogsAsync("pod") == "listening\n", "the pod to listen");
        using var forward = agent.Start("port-forward", "pod", $":{port}", "0:1");
        using var leftover = new Leftover(forward);
        var served = await ListenerAsync(forward, port);
        var refused = await ListenerAsync(forward, 1);

        Assert.Equal("hello\n", await AskAsync(served));
        Assert.Equal("", await AskAsync(refused));
        Assert.Contains("error forwarding port 1", await forward.StandardError.ReadLineAsync().WaitAsync(Poll.Patience), StringComparison.Ordinal);
        Assert.Equal("hello\n", await AskAsync(served));

        await agent.KillAsync();
        Assert.Equal("", await AskAsync(served));
        Assert.StartsWith("error: ", await forward.StandardError.ReadLineAsync().WaitAsync(Poll.Patience), StringComparison.Ordinal);
        Assert.False(forward.HasExited);

        Signals.Send(forward.Id, Signals.Terminate);
        await forward.WaitForExitAsync().WaitAsync(Poll.Patience);
        Assert.Equal(130, forward.ExitCode);
    }

    private static async Task StartPodAsync(Agent agent, string script)
    {
        agent.Declare(Manifest.Pod("pod", script));
        await agent.WaitForPhaseAsync("pod", PodPhases.Running);
    }

    /// <summary>A command line for a shell.</summary>
    private static string Line(Agent agent, string command, string words) =>
        $"{Binaries.Agent} {string.Join(' ', agent.Connected(command.Split(' ')))} -- {words}";

    private static async Task<int> ListenerAsync(Process forward, int remote)
    {
        var line = await forward.StandardOutput.ReadLineAsync().WaitAsync(Poll.Patience);
        var match = Listening().Match(line ?? "");
        Assert.True(match.Success && match.Groups[2].Value == remote.ToString(CultureInfo.InvariantCulture), line);
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>What a local port says until it closes; nothing when it is reset.</summary>
    private static async Task<string> AskAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            using var reader = new StreamReader(client.GetStream());
            return await reader.ReadToEndAsync().WaitAsync(Poll.Patience);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"^Forwarding from 127\.0\.0\.1:(\d+) -> (\d+)$")]
    private static partial Regex Listening();
}
