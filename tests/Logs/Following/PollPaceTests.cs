using VirtualKubelet.Logs.Following;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Logs.Tests.Following;

public class PollPaceTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly LogOptions _options = new();

    [Fact]
    [Trait("Item", "L16")]
    public void A_quiet_file_is_looked_at_ever_less_often_but_within_two_seconds()
    {
        var pace = new PollPace(_options, _clock);
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 700; i++)
        {
            pauses.Add(pace.AfterSilence());
            _clock.Advance(pauses[^1]);
        }

        Assert.Equal(_options.MinPollInterval, pauses[0]);
        Assert.Equal(_options.MaxPollInterval, pauses[20]);
        Assert.Equal(_options.IdlePollInterval, pauses[^1]);
        Assert.Equal(pauses.Order(), pauses);
    }

    [Fact]
    public void Growth_makes_it_look_soon_again()
    {
        var pace = new PollPace(_options, _clock);
        for (var i = 0; i < 700; i++)
        {
            _clock.Advance(pace.AfterSilence());
        }

        Assert.Equal(_options.MinPollInterval, pace.AfterGrowth(followers: 1));
        Assert.Equal(_options.MinPollInterval, pace.AfterSilence());
        Assert.Equal(_options.MinPollInterval * 2, pace.AfterSilence());
    }

    [Theory]
    [InlineData(100, 2)]
    [InlineData(500, 10)]
    [InlineData(100_000, 250)]
    public void Lines_for_very_many_followers_are_gathered_a_little(int followers, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), new PollPace(_options, _clock).AfterGrowth(followers));
}
