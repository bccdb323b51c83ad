using System.Text;
using VirtualKubelet.Logs.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Logs.Tests.Reading;

public sealed class FileReadTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ContainerRun _run;

    public FileReadTests() => _run = new ContainerRun(_directory["0.log"]);

    [Fact]
    [Trait("Item", "L1")]
    public async Task Content_is_shown_without_what_the_file_format_adds()
    {
        _run.Append(Lines.Stdout("one") + Lines.Stderr("two") + Lines.Stdout("") + Lines.Stdout("  three"));

        Assert.Equal("one\ntwo\n\n  three\n", await ReadAsync(new LogSelection()));
    }

    [Fact]
    [Trait("Item", "L2")]
    public async Task The_tail_counts_physical_lines()
    {
        _run.Append(Lines.Stdout("one") + Lines.Stdout("tw", "P") + Lines.Stdout("o", "F") + Lines.Stdout("three"));

        Assert.Equal("o\nthree\n", await ReadAsync(new LogSelection { TailLines = 2 }));
    }

    [Fact]
    [Trait("Item", "L3")]
    public async Task A_tail_of_no_lines_is_empty_and_so_is_an_empty_file()
    {
        _run.Append("");
        Assert.Equal("", await ReadAsync(new LogSelection()));

        _run.AppendLines("one");
        Assert.Equal("", await ReadAsync(new LogSelection { TailLines = 0 }));
    }

    [Fact]
    [Trait("Item", "L7")]
    public async Task A_byte_limit_cuts_within_a_line_and_counts_time_prefixes()
    {
        _run.AppendLines("first line", "second line", "third line");

        Assert.Equal("first line", await ReadAsync(new LogSelection { LimitBytes = 10 }));
        Assert.Equal("secon", await ReadAsync(new LogSelection { TailLines = 2, LimitBytes = 5 }));
        Assert.Equal(Lines.Time + " fir", await ReadAsync(new LogSelection { Timestamps = true, LimitBytes = 34 }));
        Assert.Equal(Lines.Time[..7], await ReadAsync(new LogSelection { Timestamps = true, LimitBytes = 7 }));
        Assert.Equal("first line\nsecond line\nthird line\n", await ReadAsync(new LogSelection { LimitBytes = 1000 }));
    }

    [Fact]
    [Trait("Item", "L8")]
    public async Task A_line_in_parts_gets_one_time_prefix()
    {
        _run.Append(Lines.Stdout("a", "P") + Lines.Stdout("b", "P:x") + Lines.Stdout("c") + Lines.Stdout("d"));

        Assert.Equal($"{Lines.Time} abc\n{Lines.Time} d\n", await ReadAsync(new LogSelection { Timestamps = true }));
    }

    [Fact]
    [Trait("Item", "L9")]
    public async Task A_record_of_exactly_the_time_asked_for_is_shown()
    {
        _run.Append("2026-01-02T03:04:05.999999999Z stdout F before\n2026-01-02T05:04:06.000000000+02:00 stdout F equal\n2026-01-02T03:04:06.000000001Z stdout F after\n");
        var since = new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero);

        Assert.Equal("equal\nafter\n", await ReadAsync(new LogSelection { Since = since }));
        Assert.Equal("after\n", await ReadAsync(new LogSelection { Since = since, TailLines = 1 }));
        Assert.Equal("equal\nafter\n", await ReadAsync(new LogSelection { Since = since, TailLines = 3 }));
    }

    [Fact]
    [Trait("Item", "L19")]
    public async Task One_stream_can_be_selected()
    {
        _run.Append(Lines.Stdout("out") + Lines.Stderr("err"));

        Assert.Equal("err\n", await ReadAsync(new LogSelection { Streams = LogStreams.Stderr }));
        Assert.Equal("out\n", await ReadAsync(new LogSelection { Streams = LogStreams.Stdout }));
    }

    [Fact]
    public async Task An_incomplete_last_line_is_shown_but_not_counted()
    {
        _run.Append(Lines.Stdout("one") + Lines.Stdout("two") + Lines.Stdout("thr")[..^1]);

        Assert.Equal("one\ntwo\nthr", await ReadAsync(new LogSelection()));

        // The kubelet counts two lines from the end and then takes two records from there: the incomplete one is not reached.
        Assert.Equal("one\ntwo\n", await ReadAsync(new LogSelection { TailLines = 2 }));
    }

    [Fact]
    public async Task Bad_lines_after_the_first_are_skipped()
    {
        _run.Append(Lines.Stdout("one") + "noise\n" + Lines.Time + " stdlog F x\n\n" + Lines.Stdout("two"));

        Assert.Equal("one\ntwo\n", await ReadAsync(new LogSelection()));
    }

    [Fact]
    public async Task Docker_lines_are_read_too()
    {
        _run.Append("""
            {"log":"one\n","stream":"stdout","time":"2026-01-02T03:04:05.5Z"}
            {"log":"tw","stream":"stderr","time":"2026-01-02T03:04:06Z","attrs":{"a":[1]}}
            {"log":"\u00e9\"\n","stream":"stderr","time":"2026-01-02T03:04:07.123456789Z"}
            {"log":"bad","stream":"stdlog","time":"2026-01-02T03:04:07Z"}
            {"log":17,"stream":"stdout","time":"2026-01-02T03:04:07Z"}

            """);

        Assert.Equal("one\ntwé\"\n", await ReadAsync(new LogSelection()));
        Assert.Equal("2026-01-02T03:04:05.500000000Z one\n2026-01-02T03:04:06.000000000Z twé\"\n", await ReadAsync(new LogSelection { Timestamps = true }));
        Assert.Equal("twé\"\n", await ReadAsync(new LogSelection { Streams = LogStreams.Stderr }));
    }

    [Fact]
    public async Task A_file_of_another_format_is_refused_before_anything_is_sent()
    {
        _run.Append("plain \"text\"\n" + Lines.Stdout("one"));
        await using var streamer = new LogStreamer(new LogOptions(), TimeProvider.System);

        foreach (var follow in new[] { false, true })
        {
            var refusal = await Assert.ThrowsAsync<UnsupportedLogFormatException>(() => streamer.OpenAsync(_run, new LogSelection(), follow, CancellationToken.None));
            Assert.Equal("unsupported log format: \"plain \\\"text\\\"\\n\"", refusal.Message);
        }
    }

    [Fact]
    public async Task A_missing_file_is_reported_before_anything_is_sent()
    {
        await using var streamer = new LogStreamer(new LogOptions(), TimeProvider.System);

        var missing = await Assert.ThrowsAsync<LogFileNotFoundException>(() => streamer.OpenAsync(_run, new LogSelection(), follow: false, CancellationToken.None));

        Assert.Equal(_run.Path, missing.FileName);
    }

    [Fact]
    public async Task What_no_client_may_ask_for_is_refused()
    {
        await using var streamer = new LogStreamer(new LogOptions(), TimeProvider.System);
        _run.AppendLines("one");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => streamer.OpenAsync(_run, new LogSelection { TailLines = -1 }, follow: false, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => streamer.OpenAsync(_run, new LogSelection { LimitBytes = 0 }, follow: false, CancellationToken.None));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_file_that_keeps_growing_is_read_to_where_it_was_and_never_within_a_line()
    {
        _run.AppendLines("one");
        _run.Append(Lines.Stdout("two")[..^3]);
        await using var streamer = new LogStreamer(new LogOptions(), TimeProvider.System);
        await using var client = new Client();
        await using var read = await streamer.OpenAsync(_run, new LogSelection(), follow: false, CancellationToken.None);

        _run.Append(Lines.Stdout("two")[^3..] + Lines.Stdout("later"));
        await read.CopyToAsync(client.Output, CancellationToken.None);
        await client.ClosedAsync();

        Assert.Equal("one\ntwo\n", client.Text);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_read_ends_when_its_reader_has_gone()
    {
        _run.Append(string.Concat(Enumerable.Repeat(Lines.Stdout(new string('x', 100)), 20_000)));
        await using var streamer = new LogStreamer(new LogOptions(), TimeProvider.System);
        var pipe = new System.IO.Pipelines.Pipe();
        await pipe.Reader.CompleteAsync();

        await streamer.ReadAsync(_run, new LogSelection(), pipe.Writer, CancellationToken.None);

        Assert.InRange(pipe.Writer.UnflushedBytes, 0, 200_000);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_short_tail_of_a_large_file_is_found_from_its_end()
    {
        // Sparse: reading the terabyte of zeros before the lines would take hours.
        using (var file = new FileStream(_run.Path, FileMode.Create))
        {
            file.Seek(1L << 40, SeekOrigin.Begin);
            file.Write(Encoding.ASCII.GetBytes("\n" + Lines.Stdout("one") + Lines.Stdout("two")));
        }

        Assert.Equal("two\n", await ReadAsync(new LogSelection { TailLines = 1 }));
    }

    public void Dispose() => _directory.Dispose();

    private async Task<string> ReadAsync(LogSelection selection)
    {
        await using var streamer = new LogStreamer(new LogOptions(), TimeProvider.System);
        return Encoding.UTF8.GetString(await Reads.ReadAsync(streamer, _run, selection));
    }
}
