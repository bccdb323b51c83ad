using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm.Jobs;
using VirtualKubelet.Providers.Slurm.Tests.Support;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Providers.Slurm.Tests.Jobs;

public sealed class ShimStateFileTests : IDisposable
{
    private static readonly Workload Pod = TestPod.Of(TestPod.Shell("true"));

    private readonly TempDirectory _directory = new();
    private readonly PodDirectoryLayout _layout;
    private readonly ShimStateFile _file;
    private int _writes;

    public ShimStateFileTests()
    {
        _layout = new PodDirectoryLayout(_directory.Path);
        _file = new ShimStateFile(_layout, Pod.Id.Uid);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_shim_that_has_not_reported_is_nothing()
    {
        Assert.Null(_file.Refresh());
        Assert.Null(new ShimStateFile(new PodDirectoryLayout(_directory["gone"]), "uid").Refresh());
    }

    [Fact]
    public void A_newer_state_replaces_an_older_one_and_a_stale_one_does_not()
    {
        Write(ShimStates.Running(Pod, "7", sequence: 5));
        Assert.Equal(5, _file.Refresh()!.Sequence);
        Write(ShimStates.Running(Pod, "7", sequence: 4));
        Assert.Equal(5, _file.Refresh()!.Sequence);
        Write(ShimStates.Running(Pod, "7", sequence: 6));
        Assert.Equal(6, _file.Refresh()!.Sequence);
        File.Delete(_layout.StateFile);
        Assert.Equal(6, _file.Refresh()!.Sequence);
    }

    [Fact]
    public void An_unchanged_file_is_not_read_again()
    {
        Write(ShimStates.Running(Pod, "7"));

        Assert.Same(_file.Refresh(), _file.Refresh());
    }

    [Fact]
    public void States_of_another_pod_version_or_shape_are_not_believed()
    {
        Write(ShimStates.Running(Pod, "7"));
        var believed = _file.Refresh();

        Write(ShimStates.Running(TestPod.Of(TestPod.Shell("true")), "7", sequence: 9));
        Assert.Same(believed, _file.Refresh());
        Write(ShimStates.Running(Pod, "7", sequence: 9) with { Version = 2 });
        Assert.Same(believed, _file.Refresh());
        Write(ShimStates.Running(Pod, "7", sequence: 9) with { Containers = [null!] });
        Assert.Same(believed, _file.Refresh());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"sequence\":\"many\"}")]
    public void A_damaged_file_changes_nothing_and_a_mended_one_is_read(string content)
    {
        Write(ShimStates.Running(Pod, "7"));
        var believed = _file.Refresh();

        File.WriteAllText(_layout.StateFile, content);
        Assert.Same(believed, _file.Refresh());
        Write(ShimStates.Running(Pod, "7", sequence: 9));

        Assert.Equal(9, _file.Refresh()!.Sequence);
    }

    [Fact]
    public void A_file_without_bounds_is_not_read()
    {
        using (var file = File.Create(_layout.StateFile))
        {
            file.SetLength(1L << 40);
        }

        Assert.Null(_file.Refresh());
    }

    // Two writes of one length within the file system's clock tick look alike; those of a shim never have one length at its end.
    private void Write(PodState state)
    {
        AtomicFile.WriteJson(_layout.StateFile, state, ShimJson.Files.PodState);
        File.SetLastWriteTimeUtc(_layout.StateFile, DateTime.UnixEpoch.AddSeconds(++_writes));
    }
}
