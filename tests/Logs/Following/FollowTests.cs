using System.Globalization;
using VirtualKubelet.Logs.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Logs.Tests.Following;

public sealed class FollowTests : IAsyncLifetime, IAsyncDisposable
{
    private const int Deadline = 30_000;

    private readonly TempDirectory _directory = new();
    private readonly ContainerRun _run;
    private readonly LogStreamer _streamer = new(new LogOptions { RingBufferBytes = 16 * 1024, ReadBufferBytes = 8 * 1024, MaxRotatedFiles = 64 }, TimeProvider.System);

    public FollowTests() => _run = new ContainerRun(_directory["0.log"]);

    [Fact(Timeout = Deadline)]
    [Trait("Item", "L14")]
    public async Task Following_an_ended_run_shows_all_of_it_and_ends()
    {
        _run.AppendLines("one", "two");
        _run.Append(Lines.Stdout("three")[..^1]);
        _run.End();
        await using var client = new Client();

        await client.FollowAsync(_streamer, _run);
        await client.FollowedAsync();

        Assert.Equal("one\ntwo\nthree", client.Text);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "L14")]
    public async Task What_is_written_right_before_the_end_is_shown()
    {
        for (var i = 0; i < 20; i++)
        {
            var run = new ContainerRun(_directory[$"{i}.log"]);
            run.AppendLines("first");
            await using var client = new Client();
            await client.FollowAsync(_streamer, run);
            await client.WaitForAsync(t => t == "first\n");

            run.AppendLines("last");
            run.End();
            await client.FollowedAsync();

            Assert.Equal("first\nlast\n", client.Text);
        }
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "L3")]
    public async Task A_tail_of_no_lines_shows_only_what_comes()
    {
        _run.AppendLines("old");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run, new LogSelection { TailLines = 0 });

        _run.AppendLines("new");
        await client.WaitForAsync(t => t == "new\n");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_tail_is_shown_first_and_bounds_nothing_that_comes()
    {
        _run.AppendLines("one", "two", "three");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run, new LogSelection { TailLines = 2 });

        _run.AppendLines("four", "five", "six");
        await client.WaitForAsync(t => t == "two\nthree\nfour\nfive\nsix\n");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_byte_limit_ends_a_follow()
    {
        _run.AppendLines("one");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run, new LogSelection { LimitBytes = 6 });

        _run.AppendLines("two");
        await client.FollowedAsync();

        Assert.Equal("one\ntw", client.Text);
    }

    [Theory(Timeout = Deadline)]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Item", "L21")]
    public async Task Each_line_arrives_before_the_next_one_is_written_with_and_without_change_events(bool events)
    {
        await using var streamer = new LogStreamer(new LogOptions { UseChangeEvents = events }, TimeProvider.System);
        _run.Append("");
        await using var client = new Client();
        await client.FollowAsync(streamer, _run);

        var expected = "";
        for (var i = 0; i < 30; i++)
        {
            _run.AppendLines($"line {i}");
            expected += $"line {i}\n";
            await client.WaitForAsync(t => t == expected);
        }
    }

    [Fact(Timeout = Deadline)]
    public async Task An_incomplete_line_is_shown_once_it_is_complete()
    {
        _run.AppendLines("one");
        var second = Lines.Stdout("two");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run);

        foreach (var c in second[..^1])
        {
            _run.Append(c.ToString());
        }

        await client.WaitForAsync(t => t == "one\n");
        _run.Append("\n" + Lines.Stdout("three"));
        await client.WaitForAsync(t => t == "one\ntwo\nthree\n");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_line_longer_than_every_buffer_is_shown_whole()
    {
        var longLine = string.Concat(Enumerable.Range(0, 20_000).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        _run.AppendLines("one");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run);

        _run.AppendLines(longLine, "three");

        await client.WaitForAsync(t => t == $"one\n{longLine}\nthree\n");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_file_that_is_not_there_yet_is_waited_for()
    {
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run, new LogSelection { TailLines = 0 });

        _run.AppendLines("one");
        await client.WaitForAsync(t => t == "one\n");
        _run.End();
        await client.FollowedAsync();
    }

    [Fact(Timeout = Deadline)]
    public async Task A_run_that_ends_without_a_file_ends_the_follow()
    {
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run);

        _run.End();
        await client.FollowedAsync();

        Assert.Equal("", client.Text);
        await Assert.ThrowsAsync<LogFileNotFoundException>(() => _streamer.OpenAsync(_run, new LogSelection(), follow: true, CancellationToken.None));
    }

    [Theory(Timeout = Deadline)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [Trait("Item", "L15")]
    public async Task Across_rotations_each_line_is_shown_once_and_in_order(int linesPerFile)
    {
        _run.Append("");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run);

        // Without a pause between rotations: many happen between two polls.
        for (var i = 1; i <= 1000; i++)
        {
            _run.AppendLines($"{i}");
            if (i % linesPerFile == 0 && i <= linesPerFile * 50)
            {
                _run.Rotate(i);
            }
        }

        _run.End();
        await client.FollowedAsync();

        Assert.Equal(string.Concat(Enumerable.Range(1, 1000).Select(i => $"{i}\n")), client.Text);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "L15")]
    public async Task The_last_lines_written_to_a_rotated_file_are_shown_before_its_successor()
    {
        _run.AppendLines("one");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run);
        await client.WaitForAsync(t => t == "one\n");

        var rotated = new ContainerRun(_run.Path + ".20260102-000001");
        File.Move(_run.Path, rotated.Path);
        rotated.AppendLines("two");
        _run.AppendLines("three");

        await client.WaitForAsync(t => t == "one\ntwo\nthree\n");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_run_whose_last_act_is_a_rotation_is_shown_to_its_end()
    {
        _run.AppendLines("one");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run);
        await client.WaitForAsync(t => t == "one\n");

        _run.Rotate(1);
        _run.AppendLines("two");
        File.Move(_run.Path, _run.Path + ".20260102-000002");
        _run.End();
        await client.FollowedAsync();

        Assert.Equal("one\ntwo\n", client.Text);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_new_follower_sees_only_the_current_file_right_after_a_rotation()
    {
        _run.AppendLines("old");
        await using var first = new Client();
        await first.FollowAsync(_streamer, _run);
        await first.WaitForAsync(t => t == "old\n");

        _run.Rotate(1);
        _run.AppendLines("new");
        await using var second = new Client();
        await second.FollowAsync(_streamer, _run);

        await second.WaitForAsync(t => t == "new\n");
        await first.WaitForAsync(t => t == "old\nnew\n");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_truncated_file_is_read_from_its_beginning()
    {
        _run.AppendLines("one", "two");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run);
        await client.WaitForAsync(t => t == "one\ntwo\n");

        using (var file = new FileStream(_run.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(0);
        }

        _run.AppendLines("3");
        await client.WaitForAsync(t => t == "one\ntwo\n3\n");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_removed_file_is_followed_to_its_end_and_its_successor_from_its_beginning()
    {
        _run.AppendLines("one");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run);
        await client.WaitForAsync(t => t == "one\n");

        using (var open = new FileStream(_run.Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
        {
            File.Delete(_run.Path);
            open.Write(System.Text.Encoding.ASCII.GetBytes(Lines.Stdout("two")));
            await client.WaitForAsync(t => t == "one\ntwo\n");
        }

        _run.AppendLines("three");
        await client.WaitForAsync(t => t == "one\ntwo\nthree\n");
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "L18")]
    public async Task A_client_that_hangs_up_releases_its_follower_and_the_file_at_once()
    {
        _run.AppendLines("one");
        await using var client = new Client();
        await client.FollowAsync(_streamer, _run);
        await client.WaitForAsync(t => t == "one\n");
        Assert.Contains(_run.Path, OpenFiles());

        client.Abort();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Following);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        while (OpenFiles().Contains(_run.Path))
        {
            await Task.Delay(10, deadline.Token);
        }
    }

    [Fact(Timeout = Deadline)]
    public async Task A_follow_ends_when_its_reader_has_gone()
    {
        _run.AppendLines("one");
        var pipe = new System.IO.Pipelines.Pipe();
        var follow = _streamer.FollowAsync(_run, new LogSelection(), pipe.Writer, CancellationToken.None);
        await pipe.Reader.CompleteAsync();

        _run.AppendLines("two");

        await follow;
    }

    [Fact(Timeout = Deadline)]
    public async Task Disposing_the_streamer_cancels_its_follows_and_closes_their_files()
    {
        await using var streamer = new LogStreamer(new LogOptions(), TimeProvider.System);
        _run.AppendLines("one");
        await using var client = new Client();
        await client.FollowAsync(streamer, _run);
        await client.WaitForAsync(t => t == "one\n");

        await streamer.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Following);
        Assert.DoesNotContain(_run.Path, OpenFiles());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _streamer.DisposeAsync();
        _directory.Dispose();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => _streamer.DisposeAsync();

    private static List<string?> OpenFiles() =>
        [.. Directory.EnumerateFiles("/proc/self/fd").Select(f => File.Exists(f) ? new FileInfo(f).LinkTarget : null)];
}
