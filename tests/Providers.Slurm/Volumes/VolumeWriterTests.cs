using System.Text;
using VirtualKubelet.Providers.Slurm.Volumes;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Providers.Slurm.Tests.Volumes;

public sealed class VolumeWriterTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempDirectory _directory = new();
    private readonly VolumeWriter _writer = new(TimeProvider.System);

    private string Volume => _directory["volume"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_volume_holds_its_files_with_their_modes_whatever_the_umask()
    {
        const UnixFileMode Everything = (UnixFileMode)0b111_111_111;

        Assert.True(_writer.Write(Volume, [File("a", "1"), File("deep/er/b", "2", Everything), File("empty", "")]));

        Assert.Equal(["a", "deep", "empty"], Names());
        Assert.Equal(("1", "2", ""), (Read("a"), Read("deep/er/b"), Read("empty")));
        Assert.Equal((Private, Everything), (System.IO.File.GetUnixFileMode(Resolved("a")), System.IO.File.GetUnixFileMode(Resolved("deep/er/b"))));
    }

    [Fact]
    public void What_is_there_already_is_not_written_again()
    {
        _writer.Write(Volume, [File("a", "1"), File("b", "2")]);
        var before = new DirectoryInfo(Path.Combine(Volume, "..data")).LinkTarget;

        Assert.False(_writer.Write(Volume, [File("b", "2"), File("a", "1")]));

        Assert.Equal(before, new DirectoryInfo(Path.Combine(Volume, "..data")).LinkTarget);
    }

    [Theory]
    [InlineData("a=2")]
    [InlineData("a=1,b=2")]
    [InlineData("b=1")]
    [InlineData("a/x=1")]
    [InlineData("")]
    public void A_change_replaces_everything_and_leaves_nothing_of_before(string files)
    {
        _writer.Write(Volume, [File("a", "1")]);
        var wanted = files.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=')).Select(f => File(f[0], f[1])).ToList();

        Assert.True(_writer.Write(Volume, wanted));

        Assert.Equal(wanted.Select(f => f.Path.Split('/')[0]), Names());
        Assert.All(wanted, f => Assert.Equal(f.Content.ToArray(), System.IO.File.ReadAllBytes(Path.Combine(Volume, f.Path))));
        Assert.Equal(2, Directory.GetFileSystemEntries(Volume, "..*").Length);
    }

    [Fact]
    public void A_mode_alone_is_a_change()
    {
        _writer.Write(Volume, [File("a", "1")]);

        Assert.True(_writer.Write(Volume, [File("a", "1", UnixFileMode.UserRead)]));
        Assert.Equal(UnixFileMode.UserRead, System.IO.File.GetUnixFileMode(Resolved("a")));
    }

    [Fact]
    public void What_a_crash_left_between_two_steps_is_cleared_away()
    {
        _writer.Write(Volume, [File("a", "1")]);
        Directory.CreateDirectory(Path.Combine(Volume, "..2020_01_01_00_00_00.7", "deep"));
        System.IO.File.CreateSymbolicLink(Path.Combine(Volume, "..lead"), "nowhere");
        System.IO.File.CreateSymbolicLink(Path.Combine(Volume, "stale"), "..data/stale");

        _writer.Write(Volume, [File("a", "2")]);

        Assert.Equal("2", Read("a"));
        Assert.Equal(["a"], Names());
        Assert.Equal(2, Directory.GetFileSystemEntries(Volume, "..*").Length);
    }

    [Fact]
    public void What_broke_off_between_the_files_and_their_names_is_finished_by_the_next_call()
    {
        _writer.Write(Volume, [File("a", "1"), File("b", "2")]);
        System.IO.File.Delete(Path.Combine(Volume, "b"));
        System.IO.File.CreateSymbolicLink(Path.Combine(Volume, "stale"), "..data/stale");
        Directory.CreateDirectory(Path.Combine(Volume, "..2020_01_01_00_00_00.7"));

        Assert.False(_writer.Write(Volume, [File("a", "1"), File("b", "2")]));

        Assert.Equal(["a", "b"], Names());
        Assert.Equal(2, Directory.GetFileSystemEntries(Volume, "..*").Length);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_files_and_nothing_of_the_new_ones()
    {
        _writer.Write(Volume, [File("a", "1")]);

        Assert.ThrowsAny<IOException>(() => _writer.Write(Volume, [File("a", "2"), File("a/b", "a file is no directory")]));

        Assert.Equal("1", Read("a"));
        Assert.Equal(2, Directory.GetFileSystemEntries(Volume, "..*").Length);
    }

    [Fact]
    public void The_first_files_stay_where_parts_of_them_are_mounted()
    {
        _writer.Write(Volume, [File("a", "1")], keepsFirst: true);
        _writer.Write(Volume, [File("a", "2")]);
        _writer.Write(Volume, [File("a", "3")]);

        Assert.Equal(("3", "1"), (Read("a"), Read("..first/a")));
        Assert.Equal(4, Directory.GetFileSystemEntries(Volume, "..*").Length);
    }

    [Fact]
    public void A_place_that_was_made_for_another_volume_stays()
    {
        _writer.Write(Volume, [File("a", "1")]);
        Directory.CreateDirectory(Path.Combine(Volume, "inner"));
        System.IO.File.WriteAllText(Path.Combine(Volume, "key"), "");

        _writer.Write(Volume, [File("b", "2"), File("inner", "hidden by the mount")]);

        Assert.Equal(["b", "inner", "key"], Names());
        Assert.True(Directory.Exists(Path.Combine(Volume, "inner")));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_reader_meets_the_old_files_or_the_new_ones_and_never_some_of_each()
    {
        _writer.Write(Volume, [File("a", "0"), File("b", "0")]);
        using var over = new CancellationTokenSource();
        var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reader = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                // One look at where it leads, as a process has that keeps the directory open.
                var data = Path.Combine(Volume, new DirectoryInfo(Path.Combine(Volume, "..data")).LinkTarget!);
                try
                {
                    Assert.Equal(System.IO.File.ReadAllText(Path.Combine(data, "a")), System.IO.File.ReadAllText(Path.Combine(data, "b")));
                    looked.TrySetResult();
                }
                catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
                {
                    // Replaced between the look and the reading.
                }
            }
        });
        await looked.Task;

        for (var i = 1; i <= 200; i++)
        {
            _writer.Write(Volume, [File("a", $"{i}"), File("b", $"{i}")]);
        }

        await over.CancelAsync();
        await reader;
    }

    private static VolumeFile File(string path, string content, UnixFileMode mode = Private) => new(path, Encoding.UTF8.GetBytes(content), mode);

    private string Read(string name) => System.IO.File.ReadAllText(Path.Combine(Volume, name));

    private string Resolved(string name) => Path.Combine(Volume, "..data", name);

    private IEnumerable<string> Names() => Directory.GetFileSystemEntries(Volume).Select(e => Path.GetFileName(e)).Where(n => !n.StartsWith("..", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
