using VirtualKubelet.Providers.Slurm.Scripts;

namespace VirtualKubelet.Providers.Slurm.Tests.Scripts;

public sealed class SlurmTimeTests
{
    [Theory]
    [InlineData("90m", "01:30:00")]
    [InlineData("1h30m", "01:30:00")]
    [InlineData("2d", "2.00:00:00")]
    [InlineData("90s", "00:01:30")]
    [InlineData("60", "01:00:00")]
    [InlineData("1:30", "00:01:30")]
    [InlineData("12:00:00", "12:00:00")]
    [InlineData("1-12", "1.12:00:00")]
    [InlineData("1-12:30", "1.12:30:00")]
    [InlineData("1-12:30:15", "1.12:30:15")]
    public void Time_limits_are_read_as_people_and_Slurm_write_them(string text, string expected) =>
        Assert.Equal(TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), SlurmTime.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0-0")]
    [InlineData("-5")]
    [InlineData("5 m")]
    [InlineData("m")]
    [InlineData("30m1h")]
    [InlineData("1.5h")]
    [InlineData("infinite")]
    [InlineData("60\n")]
    [InlineData("99999999999999999999")]
    [InlineData("\u0661\u0662")]
    public void Anything_else_is_no_time_limit(string text)
    {
        Assert.False(SlurmTime.TryParse(text, out _));
        Assert.Throws<FormatException>(() => SlurmTime.Parse(text));
    }
}
