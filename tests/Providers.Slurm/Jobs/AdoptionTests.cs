using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Tests.FakeSlurm;
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

    [Theory(Timeout = Deadline)]
    [InlineData("null")]
    [InlineData("{ half a pl")]
    [InlineData("""{"version":1,"namespace":"default","name":"pod","uid":"UID","runtime":"Host","restartPolicy":"Never","terminationGracePeriodSeconds":30,"containers":null}""")]
    [InlineData("""{"version":1,"namespace":"default","name":"pod","uid":"UID","runtime":"Host","restartPolicy":"Never","terminationGracePeriodSeconds":30,"containers":[null]}""")]
    [InlineData("""{"version":1,"namespace":"other","name":"pod","uid":"stolen","runtime":"Host","restartPolicy":"Never","terminationGracePeriodSeconds":30,"containers":[]}""")]
    public async Task A_damaged_plan_stops_neither_the_node_nor_its_own_pod(string plan)
    {
        Options = Options with { Retention = TimeSpan.FromHours(1) };
        Start();
        var (damaged, job) = await RunAsync();
        await StopAsync();
        await File.WriteAllTextAsync(LayoutOf(damaged).PodFile, plan.Replace("UID", damaged.Id.Uid, StringComparison.Ordinal));

        Start();
        Assert.Equal((job, PodPhases.Running), ((await StatusAsync(damaged)).JobId, (await StatusAsync(damaged)).Status.Phase));
        await SubmitAsync();
        Report(damaged, ShimStates.Complete(damaged, job, exitCode: 3));
        Cluster.Set(job, "FAILED", "NonZeroExitCode", exit: "768");

        var ended = await WaitForEndAsync(damaged);
        Assert.Equal((damaged.Id, PodPhases.Failed, 3), (ended.Id, ended.Status.Phase, ended.Status.ContainerStatuses![0].State!.Terminated!.ExitCode));
        await DeleteAsync(damaged);
        await WaitForGoneAsync(damaged);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_whose_plan_and_shim_say_nothing_is_never_called_a_success()
    {
        Start();
        var (damaged, job) = await RunAsync();
        await StopAsync();
        await File.WriteAllTextAsync(LayoutOf(damaged).PodFile, "{}");
        Report(damaged, ShimStates.Complete(damaged, job) with { Containers = [] });
        Cluster.Set(job, "COMPLETED");

        Start();

        Assert.Equal(PodPhases.Failed, (await WaitForEndAsync(damaged)).Status.Phase);
    }

    [Fact(Timeout = Deadline)]
    public async Task The_outcome_of_a_pod_that_was_gone_before_a_restart_is_told_to_who_deletes_it_again()
    {
        Options = Options with { Retention = TimeSpan.FromHours(1) };
        Start();
        var (workload, job) = await RunAndDeleteAsync();

        await RestartAsync();
        Assert.Empty(await Provider.ListAsync(CancellationToken.None));
        var gone = WaitAsync(workload, s => s.Gone);
        await DeleteAsync(workload);

        var last = await gone;
        Assert.Equal((job, PodPhases.Succeeded, 0), (last.JobId, last.Status.Phase, last.Status.ContainerStatuses![0].State!.Terminated!.ExitCode));
        await WaitForGoneAsync(workload);
        Assert.True(File.Exists(LayoutOf(workload).StateFile));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_renamed_node_names_what_it_leaves_alone_and_sweeps_what_nobody_needs()
    {
        var renamed = Options with { NodeName = "new" };
        Options = Options with { Retention = TimeSpan.FromHours(1) };
        Start();
        var (left, _) = await SubmitAsync();
        var (gone, _) = await RunAndDeleteAsync();
        await StopAsync();

        Options = renamed;
        Start();
        await FakeCluster.UntilAsync(() => !Directory.Exists(LayoutOf(gone).Root), "the directory was swept");

        Assert.True(Directory.Exists(LayoutOf(left).Root));
        Assert.Contains($"1 pod directories are not of new and are left alone", Assert.Single(Log.Entries, e => e.Text.Contains(left.Id.Uid, StringComparison.Ordinal) && e.Level == LogLevel.Warning).Text);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_work_directory_that_is_not_the_one_of_the_jobs_holds_everything_up_until_it_is_back()
    {
        Start();
        var (workload, job) = await SubmitAsync();
        await StopAsync();
        var aside = Cluster["aside"];
        Directory.Move(LayoutOf(workload).Root, aside);

        Start();
        var listed = Provider.ListAsync(CancellationToken.None);
        var created = CreateAsync(workload);
        await FakeCluster.UntilAsync(() => Log.Entries.Any(e => e.Text.Contains($"or cancel these jobs: {job}", StringComparison.Ordinal)), "it is said what is wrong");
        Assert.False(listed.IsCompleted || created.IsCompleted);
        Directory.Move(aside, LayoutOf(workload).Root);

        Assert.Equal(job, Assert.Single(await listed).JobId);
        await created;
        Assert.Single(Cluster.Calls("sbatch"));
        Assert.Equal([job], Cluster.JobIds);
    }

    [Theory(Timeout = Deadline)]
    [InlineData("exit 1")]
    [InlineData("exec sleep 60")]
    public async Task A_silent_Slurm_does_not_hold_up_the_pods_that_are_known(string rule)
    {
        Start();
        var (workload, job) = await RunAsync();
        await StopAsync();
        Cluster.Rule("squeue", rule);

        Start();

        Assert.Equal((job, PodPhases.Running), ((await StatusAsync(workload)).JobId, (await StatusAsync(workload)).Status.Phase));
        Assert.Contains(Log.Entries, e => e.Text.StartsWith("going on without Slurm's answer", StringComparison.Ordinal));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_whose_record_is_damaged_is_known_by_its_live_job()
    {
        Start();
        var (workload, job) = await RunAsync();
        await StopAsync();
        await File.WriteAllTextAsync(LayoutOf(workload).SubmitFile, "{ half a rec");

        Start();

        Assert.Equal((job, PodPhases.Running), ((await StatusAsync(workload)).JobId, (await StatusAsync(workload)).Status.Phase));
        await CreateAsync(workload);
        Assert.Single(Cluster.Calls("sbatch"));
    }
}
