using System.Diagnostics;
using System.Runtime.CompilerServices;
using VirtualKubelet.Benchmarks.Agent;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;
using VirtualKubelet.Kubelet.Client;

namespace VirtualKubelet.Benchmarks.Rows;

/// <summary>Commands in a running job over HTTPS and WebSocket, against srun into the same job: one after the other, eight at once, without a warm channel, and in bulk.</summary>
internal sealed class ExecRow : IRow
{
    private const int RawSingles = 40;
    private const int Singles = 400;
    private const int AtOnce = 8;
    private const int RawCrowd = 160;
    private const int Crowd = 3200;
    private const int ColdRounds = 15;
    private const int ColdIdleSeconds = 1;
    private const int RawBulkMebibytes = 64;
    private const int BulkMebibytes = 512;
    private const double WarmBar = 0.25;
    private const double RateBar = 10;
    private const double ColdBar = 1.3;
    private const double PipesBar = 3;
    private const double DialBackBar = 10;

    // The agent looks for idle channels once a second.
    private static readonly TimeSpan UntilCold = TimeSpan.FromSeconds(ColdIdleSeconds + 1.5);

    public string Name => "exec";

    public async IAsyncEnumerable<Result> MeasureAsync(Workbench bench, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using (var site = await ExecSite.StartAsync(bench, dialBack: true, idleSeconds: 300, cancellationToken))
        {
            await site.WarmUpAsync(cancellationToken);
            yield return await WarmAsync(site, cancellationToken);
            var raw = await RateAsync(RawCrowd, () => site.Raw.RunAsync(["true"], cancellationToken), cancellationToken);
            yield return await CrowdAsync("over one connection", site.SharingClient, raw, cancellationToken);
            yield return await CrowdAsync("a connection each", site.Client, raw, cancellationToken);
            yield return await BulkAsync(site, bench.Options.Rounds, "over the dialled-back connection", DialBackBar, cancellationToken);
        }

        await using (var site = await ExecSite.StartAsync(bench, dialBack: false, idleSeconds: 300, cancellationToken))
        {
            await site.WarmUpAsync(cancellationToken);
            yield return await BulkAsync(site, bench.Options.Rounds, "over srun's pipes", PipesBar, cancellationToken);
        }

        await using (var site = await ExecSite.StartAsync(bench, dialBack: true, ColdIdleSeconds, cancellationToken))
        {
            await site.WarmUpAsync(cancellationToken);
            yield return await ColdAsync(site, cancellationToken);
        }
    }

    private static async Task<Result> WarmAsync(ExecSite site, CancellationToken cancellationToken)
    {
        var raw = await MillisecondsAsync(RawSingles, () => site.Raw.RunAsync(["true"], cancellationToken));
        var ours = await MillisecondsAsync(Singles, () => site.ExecAsync(["true"], cancellationToken));
        return new Result(
            "exec of true, warm channel, p50",
            $"p50 {ours.Median():0.00} ms, p99 {ours.Percentile(99):0.00} ms, srun --overlap true p50 {raw.Median():0.0} ms")
        {
            Value = ours.Median() / raw.Median(),
            Bar = Bar.AtMost(WarmBar),
        };
    }

    private static async Task<Result> CrowdAsync(string way, KubeletClient client, double raw, CancellationToken cancellationToken)
    {
        // The first of them are run while the just-in-time compilers of both programs have their last word.
        await RateAsync(Crowd, () => ExecSite.ExecAsync(client, ["true"], cancellationToken), cancellationToken);
        var ours = await RateAsync(Crowd, () => ExecSite.ExecAsync(client, ["true"], cancellationToken), cancellationToken);
        return new Result($"exec of true, {AtOnce} at once, {way}", $"{ours:0}/s, srun {raw:0}/s")
        {
            Value = ours / raw,
            Bar = Bar.AtLeast(RateBar),
        };
    }

    private static async Task<Result> ColdAsync(ExecSite site, CancellationToken cancellationToken)
    {
        List<double> raw = [], ours = [];
        for (var round = 0; round < ColdRounds; round++)
        {
            await Task.Delay(UntilCold, cancellationToken);
            ours.Add((await site.ExecAsync(["true"], cancellationToken)).TotalMilliseconds);
            raw.Add((await site.Raw.RunAsync(["true"], cancellationToken)).TotalMilliseconds);
        }

        return new Result(
            "exec of true, the channel has to be started, p50",
            $"p50 {ours.Median():0.0} ms, most {ours.Max():0.0} ms, srun p50 {raw.Median():0.0} ms, most {raw.Max():0.0} ms")
        {
            Value = ours.Median() / raw.Median(),
            Bar = Bar.AtMost(ColdBar),
        };
    }

    private static async Task<Result> BulkAsync(ExecSite site, int rounds, string way, double bar, CancellationToken cancellationToken)
    {
        List<double> raw = [], ours = [];
        for (var round = 0; round < rounds + 1; round++)
        {
            var (rawTook, ourTook) = (
                await site.Raw.RunAsync(Zeros(RawBulkMebibytes), cancellationToken), await site.ExecAsync(Zeros(BulkMebibytes), cancellationToken));
            if (round > 0)
            {
                raw.Add(RawBulkMebibytes * 1.048576 / rawTook.TotalSeconds);
                ours.Add(BulkMebibytes * 1.048576 / ourTook.TotalSeconds);
            }
        }

        return new Result($"exec stdout in bulk, {way}", $"{ours.Median():0} MB/s, srun {raw.Median():0} MB/s")
        {
            Value = ours.Median() / raw.Median(),
            Bar = Bar.AtLeast(bar),
        };
    }

    private static string[] Zeros(long mebibytes) => ["head", "-c", $"{mebibytes << 20}", "/dev/zero"];

    private static async Task<List<double>> MillisecondsAsync(int count, Func<Task<TimeSpan>> run)
    {
        var all = new List<double>();
        for (var i = 0; i < count; i++)
        {
            all.Add((await run()).TotalMilliseconds);
        }

        return all;
    }

    private static async Task<double> RateAsync(int count, Func<Task<TimeSpan>> run, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (_, _) => await run());
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
