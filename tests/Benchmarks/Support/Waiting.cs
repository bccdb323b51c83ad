using System.Diagnostics;
using VirtualKubelet.Benchmarks.Results;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>Waits for what has no event.</summary>
internal static class Waiting
{
    /// <summary>Looks every <paramref name="interval"/> until the condition holds.</summary>
    /// <exception cref="BenchmarkException">It does not within <paramref name="limit"/>.</exception>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition, TimeSpan interval, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                throw new BenchmarkException($"{what}: not within {limit.TotalSeconds:0} s");
            }

            await Task.Delay(interval, cancellationToken);
        }
    }
}
