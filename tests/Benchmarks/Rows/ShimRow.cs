using System.Runtime.CompilerServices;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Rows;

/// <summary>A container's output into its log file, and what the shim itself takes of the node.</summary>
internal sealed class ShimRow : IRow
{
    private const int OutputMebibytes = 512;
    private const double RateBar = 200;
    private const double MemoryBar = 15;

    public string Name => "shim";

    public async IAsyncEnumerable<Result> MeasureAsync(Workbench bench, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rates = new List<double>();
        var raw = new List<double>();
        var memory = new List<double>();
        var walls = new List<double>();
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            await using var run = new ShimRun(bench.NewDirectory(), OutputMebibytes);
            raw.Add(await run.CatAsync(cancellationToken));
            var (perCoreSecond, perSecond, peak) = await run.ShimAsync(cancellationToken);
            rates.Add(perCoreSecond);
            walls.Add(perSecond);
            memory.Add(peak);
        }

        yield return new Result("container output to CRI file, one core", $"{rates.Median():0} MB a core second ({walls.Median():0} MB/s by the clock), cat >file {raw.Median():0} MB a core second")
        {
            Value = rates.Median(),
            Bar = Bar.AtLeast(RateBar, "MB/s"),
        };
        yield return new Result("shim's resident memory", $"{memory.Median():0.0} MB, the most {memory.Max():0.0} MB")
        {
            Value = memory.Max(),
            Bar = Bar.AtMost(MemoryBar, "MB"),
        };
    }
}
