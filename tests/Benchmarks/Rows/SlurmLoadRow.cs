using System.Diagnostics;
using System.Runtime.CompilerServices;
using VirtualKubelet.Benchmarks.Agent;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Rows;

/// <summary>What an agent asks of Slurm while nothing happens, with one pod and with many.</summary>
internal sealed class SlurmLoadRow : IRow
{
    private const double Bar = 1.05;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    public string Name => "slurm-load";

    public async IAsyncEnumerable<Result> MeasureAsync(Workbench bench, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var slurm = await bench.SlurmAsync(cancellationToken);
        await using var agent = await AgentProcess.StartAsync(
            new AgentSetup { Directory = bench.NewDirectory(), Backend = "Slurm", Environment = slurm.Environment, PollMilliseconds = 500 }, cancellationToken);
        using var client = agent.CreateClient();
        var pods = new HeldPods(agent, client);
        await pods.AddAsync(1, cancellationToken);
        var (one, allOfOne) = await CallsAsync(client, cancellationToken);
        await pods.AddAsync(bench.Options.Pods - 1, cancellationToken);
        var (many, allOfMany) = await CallsAsync(client, cancellationToken);
        yield return new Result(
            $"squeue calls a minute, {bench.Options.Pods} pods against 1",
            $"{many:0} against {one:0} at a poll interval of 500 ms; all of Slurm's commands {allOfMany:0} against {allOfOne:0}")
        {
            Value = many / one,
            Bar = Results.Bar.AtMost(Bar),
        };
    }

    private static async Task<(double Squeue, double All)> CallsAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var before = await AgentMetrics.ReadAsync(client, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(Window, cancellationToken);
        var after = await AgentMetrics.ReadAsync(client, cancellationToken);
        var minutes = Stopwatch.GetElapsedTime(started).TotalMinutes;
        return (Calls("command=\"squeue\""), Calls(""));

        double Calls(string label) => (after.Sum("vk_slurm_commands_total", label) - before.Sum("vk_slurm_commands_total", label)) / minutes;
    }
}
