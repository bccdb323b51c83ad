using System.Diagnostics;
using System.Runtime.CompilerServices;
using VirtualKubelet.Benchmarks.Agent;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Rows;

/// <summary>The delay of a line from disk to a client, and what many followers of one file cost.</summary>
internal sealed class FollowRow : IRow
{
    private const int SingleLines = 400;
    private const int PacedBatches = 100;
    private const int LinesOfBatch = 100;
    private const int BurstLines = 1 << 17;
    private const int BurstWriteLines = 1 << 10;
    private const double DelayBar = 10;
    private const double ReadsBar = 1.5;
    private const double MemoryBar = 250;

    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(50);

    public string Name => "follow";

    public async IAsyncEnumerable<Result> MeasureAsync(Workbench bench, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var agent = await AgentProcess.StartAsync(new AgentSetup { Directory = bench.NewDirectory(), Backend = "Local" }, cancellationToken);
        using var client = agent.CreateClient();
        await using (var pod = await RunningPod.StartAsync(agent, client, "single", "exec sleep 600", "Running", cancellationToken))
        {
            yield return await DelayAsync(client, pod, cancellationToken);
        }

        await using var shared = await RunningPod.StartAsync(agent, client, "shared", "exec sleep 600", "Running", cancellationToken);
        await using var crowd = await FollowerCrowd.OpenAsync(client, shared, bench.Options.Followers, cancellationToken);
        using var appender = new LogAppender(shared.LogFile);
        yield return await PacedAsync(agent, client, crowd, appender, cancellationToken);
        yield return await BurstAsync(agent, crowd, appender, cancellationToken);
    }

    private static async Task<Result> DelayAsync(HttpClient client, RunningPod pod, CancellationToken cancellationToken)
    {
        await using var follower = await LogFollower.OpenAsync(client, pod.LogPath, cancellationToken);
        using var appender = new LogAppender(pod.LogFile);
        var random = new Random(1);
        var writes = new List<long>();
        for (var i = 0; i < SingleLines; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 40)), cancellationToken);
            writes.Add(appender.Append(1));
        }

        await follower.ReachedAsync(appender.ContentBytes, cancellationToken);
        var delays = follower.Arrivals.Zip(writes, (came, written) => Stopwatch.GetElapsedTime(written, came).TotalMilliseconds).ToList();
        return new Result("follow, line on disk to client, p50", $"p50 {delays.Median():0.00} ms, p99 {delays.Percentile(99):0.00} ms")
        {
            Value = delays.Median(),
            Bar = Bar.AtMost(DelayBar, "ms"),
        };
    }

    private static async Task<Result> PacedAsync(
        AgentProcess agent, HttpClient client, FollowerCrowd crowd, LogAppender appender, CancellationToken cancellationToken)
    {
        var before = await TailedAsync(client, cancellationToken);
        var readBefore = ProcessFigures.BytesRead(agent.Pid);
        var lags = new List<double>();
        for (var i = 0; i < PacedBatches; i++)
        {
            var written = appender.Append(LinesOfBatch);
            await crowd.ReachedAsync(appender.ContentBytes, cancellationToken);
            var lag = Stopwatch.GetElapsedTime(written);
            lags.Add(lag.TotalMilliseconds);
            await Task.Delay(lag < BatchInterval ? BatchInterval - lag : TimeSpan.Zero, cancellationToken);
        }

        var read = ProcessFigures.BytesRead(agent.Pid) - readBefore;
        var tailed = await TailedAsync(client, cancellationToken) - before;
        return new Result(
            $"{crowd.Count} followers of one file, times it is read",
            $"tailed {tailed / appender.FileBytes:0.00} times, read(2) by the kernel's count {read / (double)appender.FileBytes:0.00} times; the last follower has a batch after {lags.Median():0} ms (p50)")
        {
            Value = read / (double)appender.FileBytes,
            Bar = Bar.AtMost(ReadsBar),
        };
    }

    private static async Task<Result> BurstAsync(AgentProcess agent, FollowerCrowd crowd, LogAppender appender, CancellationToken cancellationToken)
    {
        var before = appender.ContentBytes;
        var readBefore = ProcessFigures.BytesRead(agent.Pid);
        ProcessFigures.ResetPeak(agent.Pid);
        var started = Stopwatch.GetTimestamp();
        for (var lines = 0; lines < BurstLines; lines += BurstWriteLines)
        {
            appender.Append(BurstWriteLines);
        }

        await crowd.ReachedAsync(appender.ContentBytes, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var content = appender.ContentBytes - before;
        var reads = (ProcessFigures.BytesRead(agent.Pid) - readBefore) / (content * (double)appender.FileBytes / appender.ContentBytes);
        var peak = ProcessFigures.PeakResidentMebibytes(agent.Pid);
        return new Result(
            $"{crowd.Count} followers, {content / 1e6:0} MB at once, agent's memory",
            $"{content * crowd.Count / 1e6 / seconds:0} MB/s delivered, read {reads:0.0} times, {peak:0} MB resident")
        {
            Value = peak,
            Bar = Bar.AtMost(MemoryBar, "MB"),
        };
    }

    private static async Task<double> TailedAsync(HttpClient client, CancellationToken cancellationToken) =>
        (await AgentMetrics.ReadAsync(client, cancellationToken)).Sum("logs_bytes_tailed_bytes_total");
}
