using System.Diagnostics.CodeAnalysis;
using System.Text;
using VirtualKubelet.Logs.Writing;

namespace VirtualKubelet.Logs.Tests.Writing;

public sealed class CriLogWriterTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.Parse("2016-10-06T00:17:09.6697942Z", System.Globalization.CultureInfo.InvariantCulture);
    private readonly CollectingSink sink = new();
    private readonly CriLogWriter writer;

    public CriLogWriterTests() => writer = new(sink);

    private IReadOnlyList<string> Records
    {
        get
        {
            writer.Flush();
            return sink.Records;
        }
    }

    [Fact]
    public void A_line_becomes_a_full_record_with_nine_fractional_digits_in_UTC()
    {
        Append("hello world\n", at: At.ToOffset(TimeSpan.FromHours(2)));

        Assert.Equal(["2016-10-06T00:17:09.669794200Z stdout F hello world"], Records);
    }

    [Fact]
    public void Streams_are_named_and_empty_lines_kept()
    {
        Append("\n");
        Append("e\n\n", OutputStream.Stderr);

        Assert.Equal(["stdout F ", "stderr F e", "stderr F "], Records.Select(WithoutTime));
    }

    [Fact]
    public void An_incomplete_line_waits_for_its_end()
    {
        Append("hel");
        Assert.Empty(Records);
        Assert.True(writer.HoldsPartialLine);

        Append("lo\n");
        Assert.Equal(["stdout F hello"], Records.Select(WithoutTime));
        Assert.False(writer.HoldsPartialLine);
    }

    [Fact]
    public void An_incomplete_line_is_emitted_once_it_has_been_held_long_enough()
    {
        Append("password: ");
        writer.FlushHeld(At.AddMilliseconds(199), TimeSpan.FromMilliseconds(200));
        Assert.Empty(Records);

        writer.FlushHeld(At.AddMilliseconds(200), TimeSpan.FromMilliseconds(200));
        Append("\n");
        Assert.Equal(["stdout P password: ", "stdout F "], Records.Select(WithoutTime));
    }

    [Fact]
    public void A_clock_that_was_set_back_does_not_hold_a_line()
    {
        Append("x");
        writer.FlushHeld(At.AddHours(-1), TimeSpan.FromMilliseconds(200));

        Assert.Equal(["stdout P x"], Records.Select(WithoutTime));
    }

    [Fact]
    public void The_age_of_a_held_line_counts_from_its_own_first_byte()
    {
        Append("a");
        Append("\nb", at: At.AddMilliseconds(150));
        writer.FlushHeld(At.AddMilliseconds(210), TimeSpan.FromMilliseconds(200));

        Assert.Equal(["stdout F a"], Records.Select(WithoutTime));
    }

    [Fact]
    public void Output_that_ends_without_a_newline_ends_with_a_partial_record()
    {
        Append("end");
        writer.EndStream(OutputStream.Stdout, At);
        writer.EndStream(OutputStream.Stderr, At);

        Assert.Equal(["stdout P end"], Records.Select(WithoutTime));
    }

    [Theory]
    [InlineData(CriLogWriter.MaxContent, new[] { CriLogWriter.MaxContent })]
    [InlineData(CriLogWriter.MaxContent + 1, new[] { CriLogWriter.MaxContent, 1 })]
    [InlineData((3 * CriLogWriter.MaxContent) + 5, new[] { CriLogWriter.MaxContent, CriLogWriter.MaxContent, CriLogWriter.MaxContent, 5 })]
    public void A_long_line_is_cut_into_partial_records(int length, int[] contents)
    {
        Append(new string('x', length) + "\n");

        Assert.Equal(contents, Records.Select(r => WithoutTime(r).Length - "stdout F ".Length));
        Assert.All(Records.SkipLast(1), r => Assert.StartsWith("stdout P ", WithoutTime(r), StringComparison.Ordinal));
        Assert.StartsWith("stdout F ", WithoutTime(Records[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_of_many_lines_is_one_write()
    {
        Append(string.Concat(Enumerable.Repeat("0123456789\n", 1000)));

        Assert.Equal(1000, Records.Count);
        Assert.Equal(1, sink.Writes);
    }

    [Fact]
    public void A_batch_larger_than_the_buffer_is_written_in_whole_records()
    {
        Append(new string('\n', 64 * 1024));

        Assert.Equal(64 * 1024, Records.Count);
        Assert.InRange(sink.Writes, 2, 64);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [SuppressMessage("Security", "CA5394", Justification = "a reproducible test")]
    public void Whatever_the_reads_each_stream_reads_back_byte_for_byte(int seed)
    {
        var random = new Random(seed);
        var expected = new[] { new StringBuilder(), new StringBuilder() };
        for (var i = 0; i < 500; i++)
        {
            var stream = (OutputStream)random.Next(2);
            var bytes = new byte[random.Next(random.Next(2) == 0 ? 20 : 40_000)];
            random.NextBytes(bytes);
            writer.Append(stream, bytes, At.AddMilliseconds(i));
            expected[(int)stream].Append(Encoding.Latin1.GetString(bytes));
            if (random.Next(10) == 0)
            {
                writer.FlushHeld(At.AddMilliseconds(i), TimeSpan.FromMilliseconds(random.Next(20)));
            }
        }

        writer.EndStream(OutputStream.Stdout, At);
        writer.EndStream(OutputStream.Stderr, At);

        Assert.Equal(expected[0].ToString(), ReadBack("stdout"));
        Assert.Equal(expected[1].ToString(), ReadBack("stderr"));
        Assert.All(Records, r => Assert.InRange(WithoutTime(r).Length, 9, 9 + CriLogWriter.MaxContent));
    }

    private static string WithoutTime(string record) => record[31..];

    private string ReadBack(string stream) => string.Concat(Records
        .Select(WithoutTime)
        .Where(r => r.StartsWith(stream, StringComparison.Ordinal))
        .Select(r => r[7] == 'P' ? r[9..] : r[9..] + "\n"));

    private void Append(string text, OutputStream stream = OutputStream.Stdout, DateTimeOffset? at = null) =>
        writer.Append(stream, Encoding.UTF8.GetBytes(text), at ?? At);
}
