using System.Runtime.CompilerServices;
using VirtualKubelet.Benchmarks.Agent;
using VirtualKubelet.Benchmarks.Raw;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;

namespace VirtualKubelet.Benchmarks.Rows;

/// <summary>A whole log through the agent, against the same file as plain bytes through bare Kestrel; rates are bytes of the file a second on both sides.</summary>
internal sealed class LogsRow : IRow
{
    private const double Bar = 0.5;

    public string Name => "logs";

    public async IAsyncEnumerable<Result> MeasureAsync(Workbench bench, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var agent = await AgentProcess.StartAsync(new AgentSetup { Directory = bench.NewDirectory(), Backend = "Local" }, cancellationToken);
        using var client = agent.CreateClient();
        await using var pod = await RunningPod.StartAsync(agent, client, "logs", "true", "Succeeded", cancellationToken);
        var (size, content) = CriLogFile.Fill(pod.LogFile, bench.Options.LogMebibytes << 20);
        await using var plain = await PlainServer.StartAsync(pod.LogFile, agent.Setup.StateDirectory, cancellationToken);

        var log = new Uri(agent.Server, pod.LogPath);
        Download[] downloads =
        [
            new("plain bytes by SendFileAsync", new Uri(plain.Server, "sendfile"), plain.Pid, size),
            new("plain bytes by BodyWriter", new Uri(plain.Server, "writer"), plain.Pid, size),
            new("no timestamps", log, agent.Pid, content),
            new("with timestamps", new Uri(log, "?timestamps=true"), agent.Pid, content),
        ];
        for (var round = 0; round < bench.Options.Rounds + 1; round++)
        {
            foreach (var download in downloads)
            {
                // The first round warms up the just-in-time compilers and the page cache.
                await download.RunAsync(size, agent.Token, isCounted: round > 0, cancellationToken);
            }
        }

        var best = downloads[..2].MaxBy(d => d.Rate)!;
        foreach (var ours in downloads[2..])
        {
            yield return new Result($"containerLogs {bench.Options.LogMebibytes} MiB, {ours.What}", $"{ours}, {best.What} over the same Kestrel/TLS {best}")
            {
                Value = ours.Rate / best.Rate,
                Bar = Results.Bar.AtLeast(Bar),
            };
        }
    }

    /// <summary>One way to fetch the file, and how fast it was.</summary>
    private sealed class Download(string what, Uri url, int server, long leastBytes)
    {
        private readonly List<double> _rates = [];
        private readonly List<double> _cpu = [];

        public string What => what;

        /// <summary>MB of the file a second.</summary>
        public double Rate => _rates.Median();

        public async Task RunAsync(long size, string token, bool isCounted, CancellationToken cancellationToken)
        {
            var cpu = ProcessFigures.CpuSeconds(server);
            var (bytes, elapsed) = await BulkReader.ReadAsync(url, token, cancellationToken);
            if (bytes < leastBytes)
            {
                throw new BenchmarkException($"{url.AbsolutePath}: {bytes} bytes came of {leastBytes}");
            }

            if (isCounted)
            {
                _rates.Add(size / 1e6 / elapsed.TotalSeconds);
                _cpu.Add(ProcessFigures.CpuSeconds(server) - cpu);
            }
        }

        public override string ToString() => $"{Rate:0} MB/s ({_cpu.Median():0.00} s of CPU)";
    }
}
