using System.Runtime.CompilerServices;
using VirtualKubelet.Benchmarks.Agent;
using VirtualKubelet.Benchmarks.Raw;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Rows;

/// <summary>Pods from manifest to job, against a bare loop of sbatch before and after it, each with the same controller and an empty queue.</summary>
internal sealed class SubmitRow : IRow
{
    private const double Bar = 0.7;

    public string Name => "submit";

    public async IAsyncEnumerable<Result> MeasureAsync(Workbench bench, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pods = bench.Options.Pods;
        var slurm = await bench.SlurmAsync(cancellationToken);
        var setup = new AgentSetup { Directory = bench.NewDirectory(), Backend = "Slurm", Environment = slurm.Environment };
        var loop = await SbatchLoop.CreateAsync(slurm, setup, cancellationToken);
        var before = await loop.RunAsync(pods, cancellationToken);
        await slurm.CancelAllAsync(cancellationToken);
        var ours = pods / (await SubmitAsync(setup, pods, cancellationToken)).TotalSeconds;
        await slurm.CancelAllAsync(cancellationToken);
        var after = await loop.RunAsync(pods, cancellationToken);
        await slurm.CancelAllAsync(cancellationToken);

        var raw = (before + after) / 2;
        yield return new Result(
            $"submit {pods} pods, manifest to job ID",
            $"{ours:0.0}/s, xargs -P {setup.MaxConcurrentSubmits} sbatch of the same script {before:0.0}/s before, {after:0.0}/s after")
        {
            Value = ours / raw,
            Bar = Results.Bar.AtLeast(Bar),
        };
    }

    private static async Task<TimeSpan> SubmitAsync(AgentSetup setup, int pods, CancellationToken cancellationToken)
    {
        await using var agent = await AgentProcess.StartAsync(setup, cancellationToken);
        using var client = agent.CreateClient();
        return await new HeldPods(agent, client).AddAsync(pods, cancellationToken);
    }
}
