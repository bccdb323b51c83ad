using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Tests;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("0s", 0)]
    [InlineData("500ms", 500)]
    [InlineData("2s", 2_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("1m30s", 90_000)]
    [InlineData("90m", 5_400_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("1h1m1s1ms", 3_661_001)]
    public void Durations_are_read_as_go_reads_them(string text, long milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("2 s")]
    [InlineData("-2s")]
    [InlineData("2d")]
    [InlineData("2S")]
    [InlineData(".5s")]
    [InlineData("2s\n")]
    [InlineData("٢s")]
    [InlineData("9999999999999999999999999999h")]
    [InlineData("900000000h900000000h900000000h")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("0s")]
    [InlineData("5ms")]
    [InlineData("1m30s")]
    [InlineData("24h")]
    [InlineData("1h500ms")]
    public void A_duration_is_written_as_it_is_read(string text)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(text, DurationText.Write(duration));
    }
}
