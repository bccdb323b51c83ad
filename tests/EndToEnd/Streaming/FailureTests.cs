using System.Net;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Kubelet.Client.PortForward;
using VirtualKubelet.Kubelet.Streaming.PortForward;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>What a client sees when something dies under its session: never an exit code 0.</summary>
public sealed class FailureTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    public async Task When_srun_is_killed_the_sessions_fail_and_the_next_ones_work()
    {
        await using var agent = await StreamingPod.StartAsync(cluster);
        await using var sessions = await Sessions.OpenAsync(agent);

        foreach (var srun in ChannelProcesses.Sruns(agent))
        {
            Signals.Send(srun, Signals.Kill);
        }

        await sessions.AssertFailedAsync("the channel into the pod broke off");
        await AssertExecWorksAsync(agent);
        await sessions.AssertNothingRunsAsync();
    }

    [Fact(Timeout = Deadline)]
    public async Task When_the_shim_of_the_channel_is_killed_the_sessions_fail_and_the_next_ones_work()
    {
        await using var agent = await StreamingPod.StartAsync(cluster);
        await using var sessions = await Sessions.OpenAsync(agent);

        Signals.Send(ChannelProcesses.Shim(agent), Signals.Kill);

        await sessions.AssertFailedAsync("the channel into the pod broke off");
        await AssertExecWorksAsync(agent);
        await sessions.AssertNothingRunsAsync();
    }

    [Fact(Timeout = Deadline)]
    public async Task When_the_job_is_cancelled_the_sessions_fail_and_the_next_ones_are_refused()
    {
        await using var agent = await StreamingPod.StartAsync(cluster);
        await using var sessions = await Sessions.OpenAsync(agent);

        await cluster.SlurmAsync("scancel", agent.JobOf(StreamingPod.Name));

        await sessions.AssertFailedAsync("");
        await agent.WaitForEndAsync(StreamingPod.Name);
        var refused = await Assert.ThrowsAsync<KubeletRequestException>(() => ExecAsync(agent, "true"));
        Assert.Equal((HttpStatusCode.InternalServerError, "container not found (\"main\")"), (refused.Status, refused.Body.Trim()));
        await sessions.AssertNothingRunsAsync();
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "X23")]
    public async Task When_the_agent_stops_the_sessions_fail_and_the_pod_runs_on()
    {
        await using var agent = await StreamingPod.StartAsync(cluster);
        await using var sessions = await Sessions.OpenAsync(agent);
        var job = agent.JobOf(StreamingPod.Name);

        var stopping = agent.StopAsync();

        await sessions.AssertFailedAsync("the node agent is stopping");
        Assert.Equal(0, await stopping);
        await sessions.AssertNothingRunsAsync();
        await AssertComesBackAsync(agent, job);
    }

    [Fact(Timeout = Deadline)]
    public async Task When_the_agent_is_killed_the_sessions_are_lost_and_the_pod_runs_on()
    {
        await using var agent = await StreamingPod.StartAsync(cluster);
        await using var sessions = await Sessions.OpenAsync(agent);
        var job = agent.JobOf(StreamingPod.Name);

        await agent.KillAsync();

        await sessions.AssertLostAsync();
        await sessions.AssertNothingRunsAsync();
        await AssertComesBackAsync(agent, job);
    }

    private static async Task AssertComesBackAsync(Agent agent, string job)
    {
        await agent.StartAsync();
        await agent.WaitForPhaseAsync(StreamingPod.Name, PodPhases.Running);
        Assert.Equal(job, agent.JobOf(StreamingPod.Name));
        await AssertExecWorksAsync(agent);
    }

    private static async Task AssertExecWorksAsync(Agent agent)
    {
        await using var session = await ExecAsync(agent, "sh", "-c", "exit 9");
        var result = await session.Completion.WaitAsync(Poll.Patience);
        Assert.True(result.ExitCode == 9, $"{result}\n{agent.Log}");
    }

    private static Task<RemoteCommandClientSession> ExecAsync(Agent agent, params string[] command) =>
        agent.Client.ExecAsync(new ExecRequest("default", StreamingPod.Name, "main", command), CancellationToken.None);

    /// <summary>One session of each kind in the same pod, each known to run.</summary>
    private sealed class Sessions : IAsyncDisposable
    {
        /// <summary>Ends well as soon as its input does, if nobody watches out.</summary>
        private static readonly string[] Command = ["sh", "-c", "echo $$; exec cat"];

        private readonly LocalServer _echo = LocalServer.Echo();
        private readonly List<int> _processes = [];

        private Sessions()
        {
        }

        private RawExec Spdy { get; set; } = null!;

        private RawExec WebSocket { get; set; } = null!;

        private Conversation Library { get; set; } = null!;

        private PortForwarder Forwarder { get; set; } = null!;

        private ForwardedConnection Forwarded { get; set; } = null!;

        public static async Task<Sessions> OpenAsync(Agent agent)
        {
            var sessions = new Sessions
            {
                Spdy = await RawExec.OpenAsync(agent, Transport.Spdy, Command),
                WebSocket = await RawExec.OpenAsync(agent, Transport.WebSocket, Command),
                Library = new Conversation(await agent.Client.ExecAsync(
                    new ExecRequest("default", StreamingPod.Name, "main", Command) { Stdin = true }, CancellationToken.None)),
                Forwarder = agent.Client.ForwardPorts(new PortForwardRequest("default", StreamingPod.Name)),
            };
            foreach (var exec in (RawExec[])[sessions.Spdy, sessions.WebSocket])
            {
                sessions._processes.Add(await exec.ReadNumberAsync());
                await exec.EchoAsync("hello");
            }

            sessions._processes.Add(int.Parse(await sessions.Library.ExpectAsync("\n"), System.Globalization.CultureInfo.InvariantCulture));
            await sessions.Library.AskAsync("hello", "hello\n");
            sessions.Forwarded = await sessions.Forwarder.ConnectAsync(sessions._echo.Port, CancellationToken.None);
            await sessions.Forwarded.Output.WriteAsync("hello"u8.ToArray());
            var read = await sessions.Forwarded.Input.ReadAtLeastAsync(5);
            sessions.Forwarded.Input.AdvanceTo(read.Buffer.End);
            return sessions;
        }

        /// <summary>Each client is told of a failure, in these words.</summary>
        public async Task AssertFailedAsync(string words)
        {
            foreach (var exec in (RawExec[])[Spdy, WebSocket])
            {
                await exec.EndAsync().WaitAsync(Poll.Patience);
                Assert.Equal("Failure", exec.Status);
                Assert.Contains(words, exec.ErrorText, StringComparison.Ordinal);
            }

            var result = await Library.EndAsync();
            Assert.NotEqual(0, result.ExitCode);
            Assert.NotEqual(RemoteCommandOutcome.ConnectionLost, result.Outcome);
            Assert.Contains(words, result.Message, StringComparison.Ordinal);
            Assert.NotNull(await Forwarded.Failure.WaitAsync(Poll.Patience));
        }

        /// <summary>Nobody was left to tell anything; all the less may it look like an end.</summary>
        public async Task AssertLostAsync()
        {
            foreach (var exec in (RawExec[])[Spdy, WebSocket])
            {
                await exec.EndAsync().WaitAsync(Poll.Patience);
                Assert.Null(exec.Status);
                Assert.False(exec.IsErrorEnded, "a proper end without a word, which means success");
            }

            Assert.Equal(RemoteCommandOutcome.ConnectionLost, (await Library.EndAsync()).Outcome);
            Assert.NotNull(await Forwarded.Failure.WaitAsync(Poll.Patience));
        }

        /// <summary>Nobody is left who could talk to what was run.</summary>
        public Task AssertNothingRunsAsync() =>
            Poll.UntilAsync(() => Task.FromResult(!_processes.Any(RunningProcesses.IsAlive)), $"the end of what the sessions ran, {string.Join(", ", _processes)}");

        public async ValueTask DisposeAsync()
        {
            Spdy.Dispose();
            WebSocket.Dispose();
            await Library.DisposeAsync();
            await Forwarded.DisposeAsync();
            await Forwarder.DisposeAsync();
            await _echo.DisposeAsync();
        }
    }
}
