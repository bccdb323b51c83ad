using System.Runtime.CompilerServices;
using VirtualKubelet.Benchmarks.Agent;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Rows;

/// <summary>How soon an agent is there, and how much memory it holds.</summary>
internal sealed class AgentRow : IRow
{
    private const int Starts = 3;
    private const int SubmitsAtOnce = 16;
    private const double StartBar = 2;
    private const double IdleBar = 120;
    private const double LoadedBar = 250;

    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(1);

    public string Name => "agent";

    public async IAsyncEnumerable<Result> MeasureAsync(Workbench bench, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var slurm = await bench.SlurmAsync(cancellationToken);
        var setup = new AgentSetup { Directory = bench.NewDirectory(), Backend = "Slurm", Environment = slurm.Environment, MaxConcurrentSubmits = SubmitsAtOnce };
        yield return await StartAsync(setup, cancellationToken);

        await using var agent = await AgentProcess.StartAsync(setup, cancellationToken);
        using var client = agent.CreateClient();
        var (idle, _) = await MemoryAsync(agent, client, cancellationToken);
        yield return new Result("agent's memory, no pods", $"{idle:0} MB") { Value = idle, Bar = Bar.AtMost(IdleBar, "MB") };

        ProcessFigures.ResetPeak(agent.Pid);
        var pods = bench.Options.AgentPods;
        var took = await new HeldPods(agent, client).AddAsync(pods, cancellationToken);
        var submitting = ProcessFigures.PeakResidentMebibytes(agent.Pid);
        var (loaded, peak) = await MemoryAsync(agent, client, cancellationToken);
        yield return new Result(
            $"agent's memory, {pods} pods pending in Slurm",
            $"{loaded:0} MB, at most {peak:0} MB while /pods is asked each second, {submitting:0} MB while they were submitted ({pods / took.TotalSeconds:0}/s)")
        {
            Value = Math.Max(peak, submitting),
            Bar = Bar.AtMost(LoadedBar, "MB"),
        };
    }

    private static async Task<Result> StartAsync(AgentSetup setup, CancellationToken cancellationToken)
    {
        var seconds = new List<double>();
        for (var i = 0; i < Starts; i++)
        {
            await using var agent = await AgentProcess.StartAsync(setup, cancellationToken);
            seconds.Add(agent.StartedIn.TotalSeconds);
        }

        return new Result("agent, start to ready", $"{seconds.Median():0.00} s, the longest of {Starts} {seconds.Max():0.00} s")
        {
            Value = seconds.Median(),
            Bar = Bar.AtMost(StartBar, "s"),
        };
    }

    /// <summary>Resident memory at the end of a while in which the agent polls Slurm and is asked for its pods, and the most of that while, in MiB.</summary>
    private static async Task<(double Now, double Peak)> MemoryAsync(AgentProcess agent, HttpClient client, CancellationToken cancellationToken)
    {
        ProcessFigures.ResetPeak(agent.Pid);
        for (var waited = TimeSpan.Zero; waited < Watch; waited += AskInterval)
        {
            await Task.Delay(AskInterval, cancellationToken);
            using var pods = await client.GetAsync("pods", cancellationToken);
        }

        return (ProcessFigures.ResidentMebibytes(agent.Pid), ProcessFigures.PeakResidentMebibytes(agent.Pid));
    }
}
