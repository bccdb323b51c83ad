using System.Diagnostics;
using System.Runtime.CompilerServices;
using VirtualKubelet.Benchmarks.Agent;
using VirtualKubelet.Benchmarks.Raw;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Rows;

/// <summary>
/// A program's connections into a job: program, <c>vk-slurm port-forward</c>, agent, shim, target; against plain relays, a process each, in the places of our three and over
/// the same hops: TCP, TLS, TCP, TCP.
/// </summary>
internal sealed class PortForwardRow : IRow
{
    private const int Connections = 300;
    private const int WarmUps = 50;
    private const long BulkBytes = 512L << 20;
    private const double BulkBar = 0.8;
    private const double ConnectBar = 5;

    public string Name => "port-forward";

    public async IAsyncEnumerable<Result> MeasureAsync(Workbench bench, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var target = new TcpTarget();
        await using var site = await ExecSite.StartAsync(bench, dialBack: true, idleSeconds: 300, cancellationToken);
        await using var forward = await site.ForwardAsync(target.Port, cancellationToken);
        await using var last = await PlainRelay.StartAsync(target.Port, RelayHop.Plain, site.StateDirectory, cancellationToken);
        await using var middle = await PlainRelay.StartAsync(last.Port, RelayHop.TlsListener, site.StateDirectory, cancellationToken);
        await using var first = await PlainRelay.StartAsync(middle.Port, RelayHop.TlsDialer, site.StateDirectory, cancellationToken);
        foreach (var port in (int[])[first.Port, forward.Port])
        {
            await ConnectAsync(port, WarmUps, cancellationToken);
        }

        yield return await BulkAsync("out of the job", BulkBytes, first.Port, forward.Port, bench.Options.Rounds, cancellationToken);
        yield return await BulkAsync("into the job", -BulkBytes, first.Port, forward.Port, bench.Options.Rounds, cancellationToken);
        var (raw, ours) = (await ConnectAsync(first.Port, Connections, cancellationToken), await ConnectAsync(forward.Port, Connections, cancellationToken));
        yield return new Result(
            "port-forward, new connection and one byte, p50",
            $"p50 {ours.Median():0.00} ms, p99 {ours.Percentile(99):0.00} ms, plain relays p50 {raw.Median():0.00} ms")
        {
            Value = ours.Median(),
            Bar = Bar.AtMost(ConnectBar, "ms"),
        };
    }

    private static async Task<Result> BulkAsync(string direction, long bytes, int relayed, int forwarded, int rounds, CancellationToken cancellationToken)
    {
        List<double> raw = [], ours = [];
        for (var round = 0; round < rounds + 1; round++)
        {
            var (rawTook, ourTook) = (await AskAsync(relayed, bytes, cancellationToken), await AskAsync(forwarded, bytes, cancellationToken));
            if (round > 0)
            {
                raw.Add(BulkBytes / 1e6 / rawTook.TotalSeconds);
                ours.Add(BulkBytes / 1e6 / ourTook.TotalSeconds);
            }
        }

        return new Result($"port-forward, bulk {direction}", $"{ours.Median():0} MB/s, plain relays {raw.Median():0} MB/s")
        {
            Value = ours.Median() / raw.Median(),
            Bar = Bar.AtLeast(BulkBar),
        };
    }

    private static async Task<List<double>> ConnectAsync(int port, int count, CancellationToken cancellationToken)
    {
        var all = new List<double>();
        for (var i = 0; i < count; i++)
        {
            all.Add((await AskAsync(port, 1, cancellationToken)).TotalMilliseconds);
        }

        return all;
    }

    private static async Task<TimeSpan> AskAsync(int port, long bytes, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await TcpTarget.AskAsync(port, bytes, cancellationToken);
        return Stopwatch.GetElapsedTime(started);
    }
}
