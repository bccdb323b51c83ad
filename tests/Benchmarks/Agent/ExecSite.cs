using System.Diagnostics;
using System.IO.Pipelines;
using VirtualKubelet.Benchmarks.Raw;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;
using VirtualKubelet.Kubelet.Client;

namespace VirtualKubelet.Benchmarks.Agent;

/// <summary>An agent on a real Slurm with one running pod, and both ways into its job: ours and srun's.</summary>
internal sealed class ExecSite : IAsyncDisposable
{
    private const string PodName = "target";
    private const int WarmUps = 200;

    private readonly AgentProcess _agent;
    private readonly HttpClient _http;
    private readonly RunningPod _pod;

    private ExecSite(AgentProcess agent, HttpClient http, RunningPod pod, RawStep raw)
    {
        (_agent, _http, _pod, Raw) = (agent, http, pod, raw);
        Client = agent.CreateKubeletClient();
        SharingClient = agent.CreateKubeletClient(sharesConnection: true);
    }

    /// <summary>The way without us.</summary>
    public RawStep Raw { get; }

    /// <summary>Our client: a connection for each command.</summary>
    public KubeletClient Client { get; }

    /// <summary>Our client: one connection for all commands.</summary>
    public KubeletClient SharingClient { get; }

    /// <summary>Where the agent has its certificate.</summary>
    public string StateDirectory => _agent.Setup.StateDirectory;

    /// <summary>Starts <c>vk-slurm port-forward</c> to a port of the pod.</summary>
    public Task<ForwardCommand> ForwardAsync(int port, CancellationToken cancellationToken) => ForwardCommand.StartAsync(_agent, PodName, port, cancellationToken);

    /// <summary>Starts the agent and the pod.</summary>
    public static async Task<ExecSite> StartAsync(Workbench bench, bool dialBack, int idleSeconds, CancellationToken cancellationToken)
    {
        var slurm = await bench.SlurmAsync(cancellationToken);
        var agent = await AgentProcess.StartAsync(
            new AgentSetup
            {
                Directory = bench.NewDirectory(),
                Backend = "Slurm",
                Environment = slurm.Environment,
                PollMilliseconds = 500,
                DialBack = dialBack,
                ChannelIdleSeconds = idleSeconds,
            },
            cancellationToken);
        var http = agent.CreateClient();
        var pod = await RunningPod.StartAsync(agent, http, PodName, "exec sleep 1800", "Running", cancellationToken);
        var job = (await slurm.RunAsync("squeue", ["--noheader", "--states=RUNNING", "--format=%i"], cancellationToken)).Trim();
        return new ExecSite(agent, http, pod, new RawStep(slurm, job));
    }

    /// <summary>Runs a command through the agent and discards its output.</summary>
    /// <returns>From before the connection to the end of the session.</returns>
    public Task<TimeSpan> ExecAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) => ExecAsync(Client, command, cancellationToken);

    /// <inheritdoc cref="ExecAsync(IReadOnlyList{string}, CancellationToken)"/>
    public static async Task<TimeSpan> ExecAsync(KubeletClient client, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var session = await client.ExecAsync(new ExecRequest("bench", PodName, "main", command), cancellationToken);
        await Task.WhenAll(DiscardAsync(session.Stdout!, cancellationToken), DiscardAsync(session.Stderr!, cancellationToken));
        var result = await session.Completion.WaitAsync(cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return result.ExitCode == 0 ? elapsed : throw new BenchmarkException($"exec: {result}");
    }

    /// <summary>Has everything compiled that is measured.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            await ExecAsync(["true"], cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        SharingClient.Dispose();
        await _pod.DisposeAsync();
        _http.Dispose();
        await _agent.DisposeAsync();
    }

    private static async Task DiscardAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        ReadResult read;
        do
        {
            read = await reader.ReadAsync(cancellationToken);
            reader.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }
}
