using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using VirtualKubelet.Kubelet.Server.Metrics;
using VirtualKubelet.Kubelet.Server.Tests.Support;

namespace VirtualKubelet.Kubelet.Server.Tests.Metrics;

public sealed class MetricsTests
{
    [Fact]
    public void Instruments_are_written_in_the_text_format()
    {
        using var meter = new Meter("VirtualKubelet.Tests.Format");
        using var collector = new MetricsCollector();
        var jobs = meter.CreateCounter<long>("format.jobs", "{job}", "Jobs with a \\ and a\nline.");
        var bytes = meter.CreateUpDownCounter<int>("format.memory", "By");
        var wait = meter.CreateHistogram("format.wait", "s", "Waits.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        var load = meter.CreateGauge<double>("format.load");
        meter.CreateObservableGauge("format.depth", () => new Measurement<int>(7, new KeyValuePair<string, object?>("queue", "a\"b\\c\nd")));
        meter.CreateObservableCounter("format.turns", () => 3);

        jobs.Add(2, new("partition", "gpu"), new("account", "x"));
        jobs.Add(3, new("account", "x"), new("partition", "gpu"));
        bytes.Add(10);
        bytes.Add(-4);
        load.Record(0.5);
        load.Record(0.25);
        wait.Record(0.5);
        wait.Record(0.75);
        wait.Record(2);

        var expected = """
            # HELP format_depth format.depth
            # TYPE format_depth gauge
            format_depth{queue="a\"b\\c\nd"} 7
            # HELP format_jobs_total Jobs with a \\ and a\nline.
            # TYPE format_jobs_total counter
            format_jobs_total{account="x",partition="gpu"} 5
            # HELP format_load format.load
            # TYPE format_load gauge
            format_load 0.25
            # HELP format_memory_bytes format.memory
            # TYPE format_memory_bytes gauge
            format_memory_bytes 6
            # HELP format_turns_total format.turns
            # TYPE format_turns_total counter
            format_turns_total 3
            # HELP format_wait_seconds Waits.
            # TYPE format_wait_seconds histogram
            format_wait_seconds_bucket{le="0.5"} 1
            format_wait_seconds_bucket{le="1"} 2
            format_wait_seconds_bucket{le="+Inf"} 3
            format_wait_seconds_sum 3.25
            format_wait_seconds_count 3

            """;
        Assert.Equal(expected, Lines(collector, "format_"));
    }

    [Fact]
    public void What_is_no_longer_observed_is_gone()
    {
        using var meter = new Meter("VirtualKubelet.Tests.Gone");
        using var collector = new MetricsCollector();
        string[] queues = ["a", "b"];
        meter.CreateObservableGauge("gone.depth", () => queues.Select(q => new Measurement<int>(1, new KeyValuePair<string, object?>("queue", q))));

        Assert.Contains("gone_depth{queue=\"b\"} 1\n", Lines(collector, "gone_"));
        queues = ["a"];
        Assert.DoesNotContain("queue=\"b\"", Lines(collector, "gone_"));
    }

    [Fact]
    public void Label_sets_beyond_the_bound_share_one_series_so_that_sums_stay_right()
    {
        using var meter = new Meter("VirtualKubelet.Tests.Bound");
        using var collector = new MetricsCollector();
        var counter = meter.CreateCounter<long>("bound.pods");

        Parallel.For(0, 5000, i => counter.Add(1, new KeyValuePair<string, object?>("pod", i)));

        var lines = Lines(collector, "bound_").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#').ToList();
        Assert.InRange(lines.Count, 2, Metric.MaxSeries + 1);
        Assert.Contains(lines, l => l.StartsWith("bound_pods_total{overflow=\"true\"} ", StringComparison.Ordinal));
        Assert.Equal(5000, lines.Sum(l => long.Parse(l[(l.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Meters_of_others_are_not_exported()
    {
        using var meter = new Meter("Someone.Else");
        using var collector = new MetricsCollector();

        meter.CreateCounter<long>("foreign.things").Add(1);

        Assert.Empty(Lines(collector, "foreign_"));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task The_endpoint_gives_requests_by_route_and_code_and_the_process()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        await kubelet.SendRawAsync("GET /containerLogs/ns/nope/c");
        await kubelet.SendRawAsync("GET /some/thing/unheard/of");

        using var response = await kubelet.Client().GetAsync("/metrics");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Matches("""(?m)^vk_slurm_kubelet_requests_total\{code="404",route="/containerLogs"\} [1-9]""", text);
        Assert.Matches("""(?m)^vk_slurm_kubelet_requests_total\{code="404",route="unregistered"\} [1-9]""", text);
        Assert.Matches("""(?m)^vk_slurm_kubelet_request_duration_seconds_bucket\{route="/containerLogs",le="\+Inf"\} [1-9]""", text);
        Assert.DoesNotContain("unheard", text);
        Assert.All(
            (string[])["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds", "dotnet_gc_heap_bytes"],
            name => Assert.Matches($"(?m)^{name} [0-9.E+]+$", text));
        Assert.EndsWith("\n", text);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Sessions_are_counted_by_kind_and_result_with_their_bytes()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.Print("out", "", 0);
        await (await SpdySession.OpenAsync(kubelet, "/exec/ns/p/c?command=true&output=1", "error", "stdout")).EndAsync();
        await Waiting.UntilAsync(() => kubelet.Log.Entries.Any(e => e.Text.Contains("Completed", StringComparison.Ordinal)));

        var ended = new Regex("""(?m)^vk_slurm_kubelet_sessions_total\{kind="exec",result="completed"\} [1-9]""");
        var text = "";
        using var deadline = new CancellationTokenSource(Deadline.Long);
        while (!ended.IsMatch(text))
        {
            text = await kubelet.Client().GetStringAsync("/metrics", deadline.Token);
        }

        Assert.Matches("""(?m)^vk_slurm_kubelet_open_sessions\{kind="exec"\} -?[0-9]""", text);
        Assert.Matches("""(?m)^vk_slurm_kubelet_session_bytes_total\{direction="sent",kind="exec"\} [1-9]""", text);
        Assert.Matches("""(?m)^vk_slurm_kubelet_session_bytes_total\{direction="received",kind="exec"\} [1-9]""", text);
        Assert.Matches("""(?m)^vk_slurm_kubelet_requests_total\{code="101",route="/exec"\} [1-9]""", text);
    }

    private static string Lines(MetricsCollector collector, string prefix)
    {
        var text = new StringBuilder();
        collector.Write(text);
        var lines = text.ToString().Split('\n').Where(l => l.StartsWith(prefix, StringComparison.Ordinal) || l.StartsWith("# ", StringComparison.Ordinal) && l.Split(' ')[2].StartsWith(prefix, StringComparison.Ordinal));
        return string.Concat(lines.Select(l => l + "\n"));
    }
}
