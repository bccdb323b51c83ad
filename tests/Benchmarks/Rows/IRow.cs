using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Rows;

/// <summary>One row of the table of what fast means.</summary>
internal interface IRow
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>Measures.</summary>
    /// <exception cref="BenchmarkException">The row cannot be measured here.</exception>
    IAsyncEnumerable<Result> MeasureAsync(Workbench bench, CancellationToken cancellationToken);
}
