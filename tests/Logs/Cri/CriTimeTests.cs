using System.Text;
using VirtualKubelet.Logs.Cri;

namespace VirtualKubelet.Logs.Tests.Cri;

public class CriTimeTests
{
    [Theory]
    [InlineData("2016-10-06T00:17:09.669794202Z", "2016-10-06T00:17:09.669794202Z")]
    [InlineData("2016-10-06T00:17:09Z", "2016-10-06T00:17:09.000000000Z")]
    [InlineData("2016-10-06T00:17:09.5+02:00", "2016-10-06T00:17:09.500000000+02:00")]
    [InlineData("2016-10-06T00:17:09,25-11:30", "2016-10-06T00:17:09.250000000-11:30")]
    [InlineData("2016-10-06T00:17:09.1234567899999Z", "2016-10-06T00:17:09.123456789Z")]
    [InlineData("2016-10-06T00:17:09.1+00:00", "2016-10-06T00:17:09.100000000Z")]
    [InlineData("2016-10-06T00:17:09.1234-00:00", "2016-10-06T00:17:09.123400000Z")]
    public void Every_time_is_shown_with_nine_digits_and_the_offset_it_was_recorded_with(string recorded, string shown)
    {
        Span<byte> formatted = stackalloc byte[CriTime.MaxFormattedLength];

        Assert.True(CriTime.TryParse(Encoding.ASCII.GetBytes(recorded), out _));
        var length = CriTime.Format(Encoding.ASCII.GetBytes(recorded), formatted);

        Assert.Equal(shown, Encoding.ASCII.GetString(formatted[..length]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2016-10-06")]
    [InlineData("2016-10-06T00:17:09")]
    [InlineData("2016-10-06 00:17:09Z")]
    [InlineData("2016-00-06T00:17:09Z")]
    [InlineData("2016-13-06T00:17:09Z")]
    [InlineData("2016-02-30T00:17:09Z")]
    [InlineData("2015-02-29T00:17:09.000000000Z")]
    [InlineData("2016-10-32T00:17:09.000000000Z")]
    [InlineData("2016-10-06T24:17:09.000000000Z")]
    [InlineData("2016-10-06T00:60:09.000000000Z")]
    [InlineData("2016-10-06T00:17:60.000000000Z")]
    [InlineData("2016-10-06T00:17:09.00000000aZ")]
    [InlineData("2016-10-06T00:17:09.Z")]
    [InlineData("2016-10-06T00:17:09.1")]
    [InlineData("2016-10-06T00:17:09.1z")]
    [InlineData("2016-10-06T00:17:09+0200")]
    [InlineData("2016-10-06T00:17:09+24:00")]
    [InlineData("2016-10-06T00:17:09+02:00x")]
    public void What_is_no_RFC_3339_time_is_refused(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);

        Assert.False(CriTime.TryParse(bytes, out _));
        Assert.False(bytes.Length >= CriTime.UsualLength && CriTime.IsUsual(bytes));
    }

    [Theory]
    [InlineData("2016-10-06T00:17:09.669794202Z", "2016-10-06T00:17:09.6697942Z")]
    [InlineData("2016-02-29T23:59:59.999999999Z", "2016-02-29T23:59:59.9999999Z")]
    [InlineData("0001-01-01T00:00:00.000000000Z", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.9999999Z")]
    public void The_usual_form_is_read_as_any_other(string text, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        var ticks = DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture).UtcTicks;

        Assert.True(CriTime.IsUsual(bytes));
        Assert.Equal(ticks, CriTime.UsualTicks(bytes));
        Assert.True(CriTime.TryParse(bytes, out var parsed));
        Assert.Equal(ticks, parsed);
    }

    [Theory]
    [InlineData("2016-10-06T02:17:09.5+02:00")]
    [InlineData("2016-10-05T17:47:09.5-06:30")]
    public void An_offset_is_taken_into_account(string text)
    {
        Assert.True(CriTime.TryParse(Encoding.ASCII.GetBytes(text), out var ticks));

        Assert.Equal(new DateTimeOffset(2016, 10, 6, 0, 17, 9, 500, TimeSpan.Zero).UtcTicks, ticks);
    }

    [Theory]
    [InlineData("0000-02-29T00:00:00.000000000Z")]
    [InlineData("0000-12-31T23:59:59.999999999Z")]
    public void The_year_zero_comes_before_every_other(string text)
    {
        Assert.True(CriTime.TryParse(Encoding.ASCII.GetBytes(text), out var ticks));

        Assert.True(ticks < DateTimeOffset.MinValue.Ticks);
    }
}
