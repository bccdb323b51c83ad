using System.Diagnostics;
using System.Globalization;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd;

/// <summary>The agent as a user sees it: manifests in, jobs, logs and statuses out.</summary>
public sealed class AgentTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    public async Task The_hello_example_runs_to_its_end_and_every_container_has_its_log()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Files.WriteManifest("hello.yaml", await File.ReadAllTextAsync(Repository.PathOf("deploy/examples/hello.yaml")));

        var running = await agent.WaitForPhaseAsync("hello", PodPhases.Running);
        var followed = await agent.LogsAsync("hello", options: r => r with { Follow = true });
        var ended = await agent.WaitForEndAsync("hello");

        Assert.Equal(string.Concat(Enumerable.Range(1, 8).Select(i => $"Hello from pod hello, step {i} of 8\n")) + "done\n", followed);
        Assert.Equal(followed, await agent.LogsAsync("hello"));
        Assert.Equal("done\n", await agent.LogsAsync("hello", options: r => r with { Stream = "Stderr" }));
        Assert.Equal("helper is done\n", await agent.LogsAsync("hello", "helper"));
        Assert.Matches(@"^preparing on \S+, job \d+\n$", await agent.LogsAsync("hello", "prepare"));
        Assert.Equal(PodPhases.Succeeded, ended.Status!.Phase);
        Assert.Equal(running.Status!.StartTime, ended.Status.StartTime);
        Assert.All(ended.Status.ContainerStatuses!.Concat(ended.Status.InitContainerStatuses!), c => Assert.Equal(0, c.State!.Terminated!.ExitCode));
        var table = await agent.CommandAsync("pods");
        Assert.Equal(0, table.ExitCode);
        Assert.Matches(@"(?m)^default +hello +0/2 +Completed +0$", table.Output);
    }

    [Fact(Timeout = Deadline)]
    public async Task The_logs_command_selects_by_tail_age_and_run_and_follows_to_the_end()
    {
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("talker", $"echo one; echo two; echo three; while ! [ -e {agent.Files.Scratch("go")} ]; do sleep 0.05; done; echo four"));
        await agent.WaitForPhaseAsync("talker", PodPhases.Running);
        await Poll.UntilAsync(async () => (await agent.LogsAsync("talker")).EndsWith("three\n", StringComparison.Ordinal), "three lines");

        Assert.Equal("three\n", await OutputAsync(agent, "logs", "default/talker", "--tail", "1"));
        Assert.Equal("", await OutputAsync(agent, "logs", "talker", "--tail", "0"));
        Assert.Equal("one\ntwo\nthree\n", await OutputAsync(agent, "logs", "talker", "--since", "1h"));
        Assert.Equal("one\ntw", await OutputAsync(agent, "logs", "talker", "-c", "main", "--limit-bytes", "6"));
        Assert.All(
            (await agent.CommandAsync("logs", "talker", "--timestamps")).Lines,
            line => Assert.InRange(DateTimeOffset.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow));

        using var follower = agent.Start("logs", "-f", "talker", "--tail", "2");
        Assert.Equal("two", await follower.StandardOutput.ReadLineAsync().WaitAsync(Poll.Patience));
        await File.WriteAllTextAsync(agent.Files.Scratch("go"), "");
        Assert.Equal("three\nfour\n", await follower.StandardOutput.ReadToEndAsync().WaitAsync(Poll.Patience));
        await follower.WaitForExitAsync().WaitAsync(Poll.Patience);
        Assert.Equal(0, follower.ExitCode);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "L13")]
    public async Task The_run_before_is_readable_while_the_pod_crash_loops()
    {
        await using var agent = await Agent.StartAsync(cluster);
        var runs = agent.Files.Scratch("runs");
        var pod = Manifest.Pod("crasher", $"echo run >>{runs}; wc -l <{runs}; if [ $(wc -l <{runs}) = 1 ]; then exit 3; fi; sleep 600");
        agent.Declare(pod with { Spec = pod.Spec with { RestartPolicy = "OnFailure" } });

        var waiting = await agent.WaitAsync("crasher", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "CrashLoopBackOff", "a crash");
        var inBackOff = (await agent.LogsAsync("crasher"), (await agent.CommandAsync("logs", "--previous", "crasher")).Output);
        await agent.WaitAsync("crasher", p => p.Status?.ContainerStatuses?[0] is { RestartCount: 1, State.Running: not null }, "its second run");
        await Poll.UntilAsync(async () => await agent.LogsAsync("crasher") == "2\n", "the second run's line");

        // While it waits, the last run is both the current one and the one before, as a kubelet has it.
        Assert.Equal(("1\n", "1\n"), inBackOff);
        Assert.Equal("1\n", (await agent.CommandAsync("logs", "--previous", "crasher")).Output);
        Assert.Equal(3, waiting.Status!.ContainerStatuses![0].LastState!.Terminated!.ExitCode);
        Assert.Equal(PodPhases.Running, waiting.Status.Phase);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "L10")]
    public async Task What_cannot_be_done_is_said_in_one_line_and_an_exit_code()
    {
        await using var agent = await Agent.StartAsync(cluster);
        var nowhere = Path.Combine(agent.Files.Root, "other-token");
        await File.WriteAllTextAsync(nowhere, "not-the-token");

        var (status, body) = await agent.GetAsync("/containerLogs/default/nobody/main");
        Assert.Equal((404, "pod \"nobody\" does not exist"), (status, body.Trim()));
        Assert.Equal(401, (await agent.GetAsync("/pods", token: "wrong")).Status);
        var unknown = await agent.CommandAsync("logs", "default/nobody");
        Assert.Equal((1, "error: pod default/nobody does not exist\n"), (unknown.ExitCode, unknown.Error));
        var refused = await Run.TryAsync(Binaries.Agent, ["pods", "--server", agent.Server.ToString(), "--token-file", nowhere, "--certificate-authority", Path.Combine(agent.Files.State, "tls.crt")]);
        Assert.Equal((1, "error: the kubelet answered 401: Unauthorized\n"), (refused.ExitCode, refused.Error));
        var unreachable = await Run.TryAsync(Binaries.Agent, ["pods", "--server", "https://127.0.0.1:1", "--token-file", agent.Files.Token]);
        Assert.Equal(1, unreachable.ExitCode);
        Assert.Matches("^error: .*refused.*\n$", unreachable.Error);
        Assert.Equal(1, (await Run.TryAsync(Binaries.Agent, ["logs"])).ExitCode);
        Assert.Equal(78, (await Run.TryAsync(Binaries.Agent, ["check", "--config", nowhere])).ExitCode);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "L21")]
    public async Task Each_line_of_a_slow_writer_arrives_before_the_next_is_written()
    {
        await using var agent = await Agent.StartAsync(cluster);
        var heard = agent.Files.Scratch("heard");

        // The writer waits for its reader, at least a second: a line that were held back until the next would never come.
        agent.Declare(Manifest.Pod("slow", $"i=1; while [ $i -le 4 ]; do echo line $i; sleep 1; while ! [ -e {heard}$i ]; do sleep 0.02; done; i=$((i+1)); done"));
        await agent.WaitForPhaseAsync("slow", PodPhases.Running);

        using var follower = agent.Start("logs", "-f", "slow");
        for (var i = 1; i <= 4; i++)
        {
            Assert.Equal($"line {i}", await follower.StandardOutput.ReadLineAsync().WaitAsync(Poll.Patience));
            await File.WriteAllTextAsync($"{heard}{i}", "");
        }

        Assert.Null(await follower.StandardOutput.ReadLineAsync().WaitAsync(Poll.Patience));
        await follower.WaitForExitAsync().WaitAsync(Poll.Patience);
        Assert.Equal(0, follower.ExitCode);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "L14")]
    public async Task Followers_get_every_line_of_a_pod_that_prints_fast()
    {
        const int Lines = 200_000;
        await using var agent = await Agent.StartAsync(cluster);
        agent.Declare(Manifest.Pod("fast", $"while ! [ -e {agent.Files.Scratch("go")} ]; do sleep 0.02; done; seq 1 {Lines}"));
        await agent.WaitForPhaseAsync("fast", PodPhases.Running);

        var followers = Enumerable.Range(0, 3).Select(_ => agent.LogsAsync("fast", options: r => r with { Follow = true })).ToList();
        await File.WriteAllTextAsync(agent.Files.Scratch("go"), "");

        var expected = string.Concat(Enumerable.Range(1, Lines).Select(i => $"{i}\n"));
        foreach (var log in await Task.WhenAll(followers))
        {
            Assert.True(log == expected, $"{log.Length} characters instead of {expected.Length}");
        }

        Assert.Equal("200000\n", await agent.LogsAsync("fast", options: r => r with { TailLines = 1 }));
    }

    [Fact(Timeout = Deadline)]
    public async Task Rendering_prints_the_job_script_and_submits_nothing()
    {
        await using var agent = Agent.Prepare(cluster);
        var manifest = agent.Files.Scratch("pod.json");
        await File.WriteAllTextAsync(manifest, Manifest.Json(Manifest.Pod("rendered", "true").With("time-limit", "90m")));

        var rendered = await agent.SiteCommandAsync("render", manifest);

        Assert.Equal(0, rendered.ExitCode);
        Assert.StartsWith("#!/bin/bash\n#SBATCH --job-name=rendered.default.", rendered.Output, StringComparison.Ordinal);
        Assert.Contains("\n#SBATCH --time=90\n", rendered.Output, StringComparison.Ordinal);
        Assert.Contains($"\nexec '{Binaries.Shim}' run '{agent.Files.Work}/default_rendered_", rendered.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(agent.Files.Work));
        Assert.DoesNotContain("rendered.default", await cluster.SlurmAsync("squeue", "--noheader", "--states=all", "--format=%j"), StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_agent_without_pods_is_ready_within_seconds()
    {
        var watch = Stopwatch.StartNew();
        await using var agent = await Agent.StartAsync(cluster);
        var ready = watch.Elapsed;

        Assert.InRange(ready, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Empty(await agent.PodsAsync());
        Assert.Equal((200, "ok"), await agent.GetAsync("/healthz"));
    }

    private static async Task<string> OutputAsync(Agent agent, params string[] arguments)
    {
        var outcome = await agent.CommandAsync(arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Words);
        return outcome.Output;
    }
}
