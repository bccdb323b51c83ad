using System.Globalization;
using VirtualKubelet.Kubelet.Server.Logs;
using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Tests.Logs;

public sealed class LogOptionsDecoderTests
{
    [Theory]
    [Trait("Item", "L6")]
    [InlineData("", false)]
    [InlineData("follow", true)]
    [InlineData("follow=", true)]
    [InlineData("follow=1", true)]
    [InlineData("follow=yes", true)]
    [InlineData("follow=true&follow=false", true)]
    [InlineData("follow=false", false)]
    [InlineData("follow=0", false)]
    [InlineData("follow=FALSE", false)]
    [InlineData("follow=00", true)]
    [InlineData("Follow=true", false)]
    public void A_flag_is_true_for_everything_but_absence_0_and_false(string query, bool follow) =>
        Assert.Equal(follow, Decode(query).Follow);

    [Theory]
    [InlineData("", null)]
    [InlineData("tailLines=0", 0L)]
    [InlineData("tailLines=+5", 5L)]
    [InlineData("tailLines=%2B5", 5L)]
    [InlineData("tailLines=9223372036854775807", long.MaxValue)]
    [InlineData("tailLines=1&tailLines=abc", 1L)]
    [InlineData("tail=7&tailLines=3", 7L)]
    [InlineData("tail=all&tailLines=3", null)]
    [InlineData("tail=all&tailLines=abc", null)]
    [InlineData("tail=&tailLines=3", 3L)]
    public void Tail_lines_are_an_absent_or_whole_number_and_have_a_legacy_name(string query, long? lines)
    {
        query = query.Replace("=+", "=%2B", StringComparison.Ordinal);

        Assert.Equal(lines, Decode(query).TailLines);
    }

    [Theory]
    [Trait("Item", "L5")]
    [InlineData("tailLines=abc")]
    [InlineData("tailLines=")]
    [InlineData("tailLines=1.5")]
    [InlineData("tailLines=1 ")]
    [InlineData("tailLines=1%00")]
    [InlineData("tailLines=0x10")]
    [InlineData("tailLines=1_000")]
    [InlineData("tailLines=9223372036854775808")]
    [InlineData("tail=ALL")]
    [InlineData("limitBytes=ten")]
    [InlineData("sinceSeconds=1s")]
    [InlineData("sinceTime=yesterday")]
    [InlineData("sinceTime=2026-01-02T03:04:05")]
    [InlineData("sinceTime=2026-01-02 03:04:05Z")]
    [InlineData("sinceTime=2026-02-30T03:04:05Z")]
    [InlineData("sinceTime=2026-01-02T24:04:05Z")]
    [InlineData("sinceTime=2026-01-02t03:04:05z")]
    [InlineData("sinceTime=2026-01-02T03:04:05+00:60")]
    [InlineData("tailLines=abc&limitBytes=0")]
    public void What_cannot_be_decoded_is_a_400(string query) =>
        AssertFails(query, 400, """{"message": "Unable to decode query."}""");

    [Theory]
    [Trait("Item", "L4")]
    [Trait("Item", "L19")]
    [InlineData("tailLines=-1")]
    [InlineData("limitBytes=0")]
    [InlineData("limitBytes=-1")]
    [InlineData("sinceSeconds=0")]
    [InlineData("sinceSeconds=1&sinceTime=2026-01-02T03:04:05Z")]
    [InlineData("sinceSeconds=1&sinceTime=")]
    [InlineData("stream=stderr")]
    [InlineData("stream=")]
    [InlineData("stream=All,Stdout")]
    [InlineData("stream=1")]
    [InlineData("stream=Stderr&tailLines=1")]
    public void What_is_not_valid_is_a_422(string query) =>
        AssertFails(query, 422, """{"message": "Invalid request."}""");

    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.0000000Z")]
    [InlineData("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.1234567Z")]
    [InlineData("2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05.5000000Z")]
    [InlineData("2026-01-02T03:04:05%2B02:00", "2026-01-02T01:04:05.0000000Z")]
    [InlineData("2026-01-02T03:04:05-23:59", "2026-01-03T03:03:05.0000000Z")]
    [InlineData("9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59.9999999Z")]
    public void Times_are_rfc_3339(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), Decode("sinceTime=" + text).SinceTime);

    [Theory]
    [InlineData("sinceTime=")]
    [InlineData("sinceTime=null")]
    [InlineData("sinceTime=0001-01-01T00:00:00%2B01:00")]
    [InlineData("sinceSeconds=9223372036854775807")]
    [InlineData("")]
    public void A_time_before_all_records_asks_for_all(string query) =>
        Assert.Null(Decode(query).Since(DateTimeOffset.UtcNow));

    [Fact]
    public void Seconds_count_back_from_the_agents_clock()
    {
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        Assert.Equal(now.AddSeconds(-90), Decode("sinceSeconds=90").Since(now));
    }

    [Theory]
    [InlineData("", LogStream.All)]
    [InlineData("stream=All&tailLines=1", LogStream.All)]
    [InlineData("stream=Stdout", LogStream.Stdout)]
    [InlineData("stream=Stderr", LogStream.Stderr)]
    public void Streams_have_names(string query, LogStream stream) => Assert.Equal(stream, Decode(query).Stream);

    private static LogOptions Decode(string query) => LogOptionsDecoder.Decode(RequestQuery.Parse(query));

    private static void AssertFails(string query, int status, string body)
    {
        var error = Assert.Throws<LogOptionsException>(() => Decode(query));
        Assert.Equal((status, body), (error.Status, error.Message));
    }
}
