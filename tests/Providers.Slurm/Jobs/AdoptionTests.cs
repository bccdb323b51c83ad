using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Providers.Slurm.Tests.Jobs;

/// <summary>What an agent makes of the directories that an earlier one left.</summary>
public sealed class AdoptionTests : ClusterTests
{
    [Fact(Timeout = Deadline)]
    public async Task A_directory_that_cannot_be_read_now_is_read_before_anything_is_said_of_the_pods()
    {
        Start();
        var (workload, job) = await RunAsync();
        await StopAsync();
        var (file, aside) = (LayoutOf(workload).SubmitFile, Path.Combine(Options.WorkDirectory, "aside"));
        File.Move(file, aside);
        File.CreateSymbolicLink(file, file);

        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var stopping = new CancellationTokenSource();
        await using var provider = new SlurmProvider(Options, time, NullLoggerFactory.Instance);
        var running = provider.RunAsync(stopping.Token);
        var listed = provider.ListAsync(CancellationToken.None);
        await time.WaitForTimerAsync(stopping.Token);
        Assert.False(listed.IsCompleted);
        File.Move(aside, file, overwrite: true);
        time.Advance(TimeSpan.FromSeconds(1));

        var status = Assert.Single(await listed);
        Assert.Equal((job, PodPhases.Running), (status.JobId, status.Status.Phase));
        await stopping.CancelAsync();
        await running;
    }
}
