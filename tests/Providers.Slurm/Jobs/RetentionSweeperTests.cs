using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Providers.Slurm.Jobs;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Providers.Slurm.Tests.Jobs;

public sealed class RetentionSweeperTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_directory_goes_once_its_retention_has_passed_and_not_before()
    {
        using var root = new TempDirectory();
        using var stopping = new CancellationTokenSource();
        var options = new SlurmProviderOptions { NodeName = "vk", WorkDirectory = root.Path, ShimPath = "/shim", Retention = TimeSpan.FromHours(1) };
        var time = new FakeTimeProvider();
        var sweeper = new RetentionSweeper(options, new PodDirectories(options), time, NullLogger<RetentionSweeper>.Instance);
        var layout = new PodDirectoryLayout(root["ns_pod_uid"]);
        Directory.CreateDirectory(layout.LogsDirectory);
        sweeper.Keep(layout, time.GetUtcNow());
        var running = sweeper.RunAsync(stopping.Token);

        await time.WaitForTimerAsync(stopping.Token);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.True(Directory.Exists(layout.Root));
        while (Directory.Exists(layout.Root))
        {
            await time.WaitForTimerAsync(stopping.Token);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(root.Path));
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
