using System.Text;
using VirtualKubelet.Logs.Files;
using VirtualKubelet.Logs.Following;
using VirtualKubelet.Logs.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Logs.Tests.Following;

/// <summary>Counts what the whole process measures, so it runs alone.</summary>
[Collection(nameof(ManyFollowersTests))]
[CollectionDefinition(nameof(ManyFollowersTests), DisableParallelization = true)]
public sealed class ManyFollowersTests : IDisposable
{
    private const int Deadline = 60_000;
    private static readonly LogOptions Options = new() { RingBufferBytes = 32 * 1024, ReadBufferBytes = 8 * 1024, StallGrace = TimeSpan.FromMilliseconds(200) };

    private readonly TempDirectory _directory = new();
    private readonly ContainerRun _run;

    public ManyFollowersTests() => _run = new ContainerRun(_directory["0.log"]);

    [Fact(Timeout = Deadline)]
    public async Task Many_followers_read_a_file_once_and_each_of_them_sees_all_of_it()
    {
        using var measured = new Measurements();
        await using var streamer = new LogStreamer(Options with { StallGrace = TimeSpan.FromSeconds(1) }, TimeProvider.System);
        _run.Append("");
        var clients = Enumerable.Range(0, 100).Select(_ => new Client(pauseThreshold: 0)).ToList();
        foreach (var client in clients)
        {
            await client.FollowAsync(streamer, _run);
        }

        Assert.Equal(1, measured["logs.tailers.open"]);
        Assert.Equal(100, measured["logs.follows.open"]);
        var written = Write(lines: 2000);
        _run.End();
        foreach (var client in clients)
        {
            await client.FollowedAsync();
            Assert.Equal(written, client.Text);
            await client.DisposeAsync();
        }

        Assert.Equal(new FileInfo(_run.Path).Length, measured["logs.bytes.tailed"]);
        Assert.Equal(100L * written.Length, measured["logs.bytes.sent"]);
        Assert.Equal(0, measured["logs.follower.fallbacks"]);
        Assert.Equal(0, measured["logs.follows.open"]);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_follower_that_stalls_does_not_delay_another_and_misses_nothing()
    {
        using var measured = new Measurements();
        await using var streamer = new LogStreamer(Options, TimeProvider.System);
        _run.Append("");
        await using var stalled = new Client(pauseThreshold: 4096, paused: true);
        await using var quick = new Client();
        await stalled.FollowAsync(streamer, _run);
        await quick.FollowAsync(streamer, _run);

        var written = Write(lines: 10_000);
        await quick.WaitForAsync(t => t.Length == written.Length);
        Assert.Equal(written, quick.Text);
        Assert.Equal(1, measured["logs.follower.fallbacks"]);

        stalled.Resume();
        await stalled.WaitForAsync(t => t.Length == written.Length);
        _run.AppendLines("both");
        await stalled.WaitForAsync(t => t == written + "both\n");
        await quick.WaitForAsync(t => t == written + "both\n");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_stalled_follower_is_shown_the_rotated_files_it_has_not_seen()
    {
        await using var streamer = new LogStreamer(Options, TimeProvider.System);
        _run.Append("");
        await using var stalled = new Client(pauseThreshold: 4096, paused: true);
        await using var quick = new Client();
        await stalled.FollowAsync(streamer, _run);
        await quick.FollowAsync(streamer, _run);

        var written = new StringBuilder();
        for (var i = 0; i < 5; i++)
        {
            written.Append(Write(lines: 500));
            await quick.WaitForAsync(t => t.Length == written.Length);
            _run.Rotate(i);
            File.Delete($"{_run.Path}.20260102-{i:d6}");
        }

        _run.End();
        await quick.FollowedAsync();
        stalled.Resume();
        await stalled.FollowedAsync();

        Assert.Equal(written.ToString(), stalled.Text);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_follower_too_many_rotations_behind_fails_instead_of_missing_lines()
    {
        await using var streamer = new LogStreamer(Options with { MaxRotatedFiles = 2 }, TimeProvider.System);
        _run.Append("");
        await using var stalled = new Client(pauseThreshold: 4096, paused: true);
        await using var quick = new Client();
        await stalled.FollowAsync(streamer, _run);
        await quick.FollowAsync(streamer, _run);

        var length = 0;
        for (var i = 0; i < 5; i++)
        {
            length += Write(lines: 500).Length;
            await quick.WaitForAsync(t => t.Length == length);
            _run.Rotate(i);
        }

        _run.AppendLines("end");
        await quick.WaitForAsync(t => t.EndsWith("end\n", StringComparison.Ordinal));
        stalled.Resume();

        await Assert.ThrowsAsync<LogFollowerTooSlowException>(stalled.FollowedAsync);
    }

    [Fact(Timeout = Deadline)]
    public async Task Random_clients_on_a_random_writer_all_see_the_same()
    {
        var random = new Random(20260102);
        await using var streamer = new LogStreamer(Options with { StallGrace = TimeSpan.FromMilliseconds(2), MaxRotatedFiles = 64 }, TimeProvider.System);
        _run.Append("");
        var clients = new List<Client>();
        for (var i = 0; i < 12; i++)
        {
            var client = new Client(pauseThreshold: random.Next(1, 20_000), paused: i % 3 == 0);
            clients.Add(client);
            await client.FollowAsync(streamer, _run);
        }

        var written = new StringBuilder();
        for (var i = 0; i < 300; i++)
        {
            written.Append(Write(random.Next(40), random.Next(1, 600)));
            if (random.Next(12) == 0)
            {
                _run.Rotate(i);
            }

            if (random.Next(20) == 0)
            {
                clients[random.Next(clients.Count)].Resume();
            }
        }

        _run.End();
        foreach (var client in clients)
        {
            client.Resume();
            await client.FollowedAsync();
            Assert.Equal(written.ToString(), client.Text);
            await client.DisposeAsync();
        }
    }

    [Fact]
    public void The_hot_tail_is_bounded_and_given_back_in_silence()
    {
        using var metrics = new LogMetrics();
        var tail = new SharedTail(_run.Path, Options, TimeProvider.System, metrics);
        _run.Append("");
        tail.SwitchTo(LogFile.Open(_run.Path), 0, isTruncation: false);
        var follower = new Follower(_run);
        tail.Join(follower);
        Assert.Equal(TailStepKind.Wait, tail.Next(follower).Kind);

        var taken = 0;
        for (var i = 0; i < 100; i++)
        {
            taken += tail.Append(new byte[1000]);
        }

        Assert.Equal(Options.RingBufferBytes, taken);
        Assert.Equal(Options.RingBufferBytes, tail.HotBytes);
        tail.ReleaseIdleMemory();
        Assert.Equal(Options.RingBufferBytes, tail.HotBytes);

        tail.DetachStalled(atLeast: null);
        tail.ReleaseIdleMemory();
        Assert.Equal(0, tail.HotBytes);
        tail.Close();
    }

    public void Dispose() => _directory.Dispose();

    private string Write(int lines, int length = 100)
    {
        var contents = Enumerable.Range(0, lines).Select(i => $"{i} {new string((char)('a' + (i % 26)), length)}").ToArray();
        _run.AppendLines(contents);
        return string.Concat(contents.Select(c => c + "\n"));
    }
}
