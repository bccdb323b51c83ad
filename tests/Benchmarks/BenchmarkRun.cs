using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Rows;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks;

/// <summary>Measures row after row and prints as it goes; whatever happens, nothing is left behind.</summary>
internal sealed class BenchmarkRun(IReadOnlyList<IRow> rows, BenchmarkOptions options)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(30);

    /// <summary>Returns the exit code: 0 when every bar is met.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        await using var bench = new Workbench(options);
        var allMet = true;
        foreach (var row in rows)
        {
            allMet &= await MeasureAsync(row, bench, deadline.Token);
        }

        return allMet ? 0 : 1;
    }

    private static async Task<bool> MeasureAsync(IRow row, Workbench bench, CancellationToken cancellationToken)
    {
        Console.WriteLine(row.Name);
        var allMet = true;
        try
        {
            await foreach (var result in row.MeasureAsync(bench, cancellationToken))
            {
                Console.WriteLine($"  {result}");
                allMet &= result.IsMet;
            }
        }
        catch (BenchmarkException e)
        {
            // The other rows still have something to say.
            Console.WriteLine($"  not measured: {e.Message}");
            return false;
        }

        return allMet;
    }
}
