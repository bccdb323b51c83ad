using System.Diagnostics;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm.Jobs;
using VirtualKubelet.Providers.Slurm.Scripts;
using VirtualKubelet.Providers.Slurm.Tests.FakeSlurm;
using VirtualKubelet.Providers.Slurm.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Providers.Slurm.Tests.Jobs;

/// <summary>What squeue, sacct and their silence do to pods.</summary>
public sealed class QueueTests : ClusterTests
{
    private const string Silent = "echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1";

    [Fact(Timeout = Deadline)]
    public async Task A_completed_job_ends_as_its_shim_says()
    {
        Start();
        var (workload, job) = await RunAsync();
        Report(workload, ShimStates.Complete(workload, job, exitCode: 3));
        Cluster.Set(job, "FAILED", "NonZeroExitCode", exit: "768");

        var ended = await WaitForEndAsync(workload);

        var terminated = ended.Status.ContainerStatuses![0].State!.Terminated!;
        Assert.Equal((PodPhases.Failed, null, 3), (ended.Status.Phase, ended.Status.Reason, terminated.ExitCode));
        Assert.Equal((ShimStates.StartedAt, ShimStates.FinishedAt), (terminated.StartedAt!.Value, terminated.FinishedAt!.Value));
        Assert.Equal($"slurm://{job}/main/0", terminated.ContainerID);
    }

    [Fact(Timeout = Deadline)]
    public async Task While_Slurm_is_silent_no_pod_changes_and_the_node_says_why()
    {
        Start();
        var (workload, job) = await RunAsync();
        Assert.True((await ConditionAsync()).Status);
        Cluster.Rule("squeue", Silent);
        await FakeCluster.UntilAsync(() => !ConditionAsync().Result.Status, "the node noticed the silence");
        var waiting = await CreateAsync();
        Cluster.Forget(job);
        var silence = Stopwatch.StartNew();
        await FakeCluster.UntilAsync(() => silence.Elapsed > Options.LostJobGrace * 2, "the grace has passed twice");

        Assert.Equal(PodPhases.Running, (await StatusAsync(workload)).Status.Phase);
        var condition = await ConditionAsync();
        Assert.Equal("SlurmSilent", condition.Reason);
        Assert.Contains("Unable to contact slurm controller (connect failure)", condition.Message);
        Assert.Single(Cluster.Calls("sbatch"));

        Cluster.NoRule("squeue");
        await WaitAsync(waiting, s => s.JobId is not null);
        Assert.True((await ConditionAsync()).Status);
        Assert.Equal(PodPhases.Running, (await StatusAsync(workload)).Status.Phase);
        Assert.Equal("SlurmJobLost", (await WaitForEndAsync(workload)).Status.Reason);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_squeue_that_hangs_is_silence()
    {
        Options = Options with { CommandTimeout = TimeSpan.FromSeconds(2) };
        Start();
        var (workload, _) = await RunAsync();

        Cluster.Rule("squeue", "exec sleep 30");
        await FakeCluster.UntilAsync(() => !ConditionAsync().Result.Status, "the node noticed the silence");

        Assert.Contains("squeue did not answer within 2 s", (await ConditionAsync()).Message);
        Assert.Equal(PodPhases.Running, (await StatusAsync(workload)).Status.Phase);
    }

    [Theory(Timeout = Deadline)]
    [InlineData("printf 'slurm_load_jobs: garbage\\n\\0\\377\\n'; exit 0")]
    [InlineData("printf '%-24s%-24s' 100 RUNN; exit 0")]
    public async Task One_answer_without_the_job_proves_nothing(string rule)
    {
        Options = Options with { LostJobGrace = TimeSpan.FromMinutes(5) };
        Start();
        var (workload, _) = await RunAsync();

        Cluster.Rule("squeue", rule);
        await Cluster.CallsPassAsync("squeue", 5);

        Assert.Equal(PodPhases.Running, (await StatusAsync(workload)).Status.Phase);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_unknown_state_word_changes_nothing()
    {
        Start();
        var (workload, job) = await RunAsync();

        Cluster.Set(job, "TELEPORTED");
        await Cluster.CallsPassAsync("squeue", 10);

        Assert.Equal(PodPhases.Running, (await StatusAsync(workload)).Status.Phase);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_job_that_vanished_with_its_shims_last_word_ends_by_it_at_once()
    {
        Options = Options with { LostJobGrace = TimeSpan.FromMinutes(5) };
        Start();
        var (workload, job) = await RunAsync();
        Report(workload, ShimStates.Complete(workload, job));

        Cluster.Forget(job);

        Assert.Equal((PodPhases.Succeeded, job), ((await WaitForEndAsync(workload)).Status.Phase, (await StatusAsync(workload)).JobId));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_job_that_vanished_without_proof_is_lost_after_the_grace_and_no_sooner()
    {
        Start();
        var (workload, job) = await RunAsync();
        var vanished = DateTimeOffset.UtcNow;

        Cluster.Forget(job);
        var ended = await WaitForEndAsync(workload);

        Assert.True(DateTimeOffset.UtcNow - vanished >= Options.LostJobGrace);
        Assert.Equal((PodPhases.Failed, "SlurmJobLost"), (ended.Status.Phase, ended.Status.Reason));
        Assert.Equal((137, "ContainerStatusUnknown"), (ended.Status.ContainerStatuses![0].State!.Terminated!.ExitCode, ended.Status.ContainerStatuses[0].State!.Terminated!.Reason));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_clock_set_back_holds_up_neither_a_status_nor_a_submit_nor_a_kill()
    {
        var clock = new SteppedClock(TimeProvider.System);
        Time = clock;
        Start();
        var (vanished, vanishedJob) = await RunAsync();
        var (deleted, deletedJob) = await RunAsync();
        await DeleteAsync(deleted, graceSeconds: 0);
        await Cluster.UntilCalledAsync("scancel", 1);
        clock.Offset = TimeSpan.FromHours(-1);

        Cluster.Forget(vanishedJob);
        Assert.Equal("SlurmJobLost", (await WaitForEndAsync(vanished)).Status.Reason);
        await SubmitAsync();
        await FakeCluster.UntilAsync(() => Cluster.Calls("scancel").Contains(deletedJob), "the shim's time was up");
    }

    [Fact(Timeout = Deadline)]
    public async Task Accounting_tells_how_a_vanished_job_ended_and_who_cancelled_it()
    {
        Cluster.History("");
        Start();
        var (workload, job) = await RunAsync();
        Cluster.History($"{job}|CANCELLED by 1000|0:15|1700000000|1700000060|n0|pod.default.{workload.Id.Uid}\n");

        Cluster.Forget(job);
        var ended = await WaitForEndAsync(workload);

        Assert.Equal("SlurmJobCancelled", ended.Status.Reason);
        Assert.Equal($"Slurm job {job} was cancelled by UID 1000", ended.Status.Message);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000060), ended.Status.ContainerStatuses![0].State!.Terminated!.FinishedAt);
        Assert.Contains($"--name=pod.default.{workload.Id.Uid}", Cluster.Calls("sacct")[^1]);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_silent_accounting_holds_up_the_jobs_it_was_asked_for_and_nobody_else()
    {
        Cluster.History("");
        Start();
        var (vanished, vanishedJob) = await RunAsync();
        var (other, otherJob) = await RunAsync();
        Cluster.Rule("sacct", "echo 'sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection' >&2; exit 1");
        Cluster.Forget(vanishedJob);
        Report(other, ShimStates.Complete(other, otherJob));
        Cluster.Set(otherJob, "COMPLETED");

        Assert.Equal(PodPhases.Succeeded, (await WaitForEndAsync(other)).Status.Phase);
        Assert.True((await ConditionAsync()).Status);
        var silence = Stopwatch.StartNew();
        await FakeCluster.UntilAsync(() => silence.Elapsed > Options.LostJobGrace * 2, "the grace has passed twice");
        Assert.Equal(PodPhases.Running, (await StatusAsync(vanished)).Status.Phase);

        Cluster.History($"{vanishedJob}|NODE_FAIL|0:0|1700000000|1700000060|n0|pod.default.{vanished.Id.Uid}\n");
        Cluster.NoRule("sacct");
        Assert.Equal("NodeFailed", (await WaitForEndAsync(vanished)).Status.Reason);
    }

    [Fact(Timeout = Deadline)]
    public async Task Accounting_that_missed_the_end_does_not_keep_a_pod_running_for_ever()
    {
        Cluster.History("");
        Start();
        var (workload, job) = await RunAsync();
        Cluster.History($"{job}|RUNNING|0:0|1700000000|Unknown|n0|pod.default.{workload.Id.Uid}\n");

        Cluster.Forget(job);

        Assert.Equal("SlurmJobLost", (await WaitForEndAsync(workload)).Status.Reason);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_completed_job_whose_shims_last_word_is_late_waits_for_it()
    {
        Options = Options with { LostJobGrace = TimeSpan.FromMinutes(5) };
        Start();
        var (workload, job) = await RunAsync();
        Cluster.Set(job, "COMPLETED");
        await Cluster.CallsPassAsync("squeue", 5);
        Assert.Equal(PodPhases.Running, (await StatusAsync(workload)).Status.Phase);

        Report(workload, ShimStates.Complete(workload, job));

        Assert.Equal(PodPhases.Succeeded, (await WaitForEndAsync(workload)).Status.Phase);
    }

    [Theory(Timeout = Deadline)]
    [InlineData("{ half a sta")]
    [InlineData("""{"version":1,"sequence":99,"uid":"UID","jobId":"1","node":"n","startedAt":"2026-01-01T00:00:00Z","finishedAt":"2026-01-01T00:00:00Z","containers":[null]}""")]
    [InlineData("""{"version":1,"sequence":99,"uid":"UID","jobId":"1","node":"n","startedAt":"2026-01-01T00:00:00Z","containers":null}""")]
    public async Task A_damaged_state_file_concerns_its_own_pod_only(string content)
    {
        Start();
        var (damaged, _) = await RunAsync();
        await File.WriteAllTextAsync(LayoutOf(damaged).StateFile, content.Replace("UID", damaged.Id.Uid, StringComparison.Ordinal));

        var (other, job) = await RunAsync();
        Report(other, ShimStates.Complete(other, job));
        Cluster.Set(job, "COMPLETED");

        Assert.Equal(PodPhases.Succeeded, (await WaitForEndAsync(other)).Status.Phase);
        Assert.Equal(PodPhases.Running, (await StatusAsync(damaged)).Status.Phase);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_whose_directory_somebody_removed_still_ends_and_can_be_deleted()
    {
        Start();
        var (ended, endedJob) = await RunAsync();
        var (deleted, deletedJob) = await RunAsync();
        Directory.Delete(LayoutOf(ended).Root, recursive: true);
        Directory.Delete(LayoutOf(deleted).Root, recursive: true);

        Cluster.Set(endedJob, "TIMEOUT", end: DateTimeOffset.UtcNow);
        await DeleteAsync(deleted);
        await Cluster.UntilCalledAsync("scancel", 1);
        Cluster.Set(deletedJob, "CANCELLED", end: DateTimeOffset.UtcNow);

        Assert.Equal("DeadlineExceeded", (await WaitForEndAsync(ended)).Status.Reason);
        await WaitForGoneAsync(deleted);
    }

    [Theory(Timeout = Deadline)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task One_squeue_a_tick_serves_any_number_of_pods(int pods)
    {
        Options = Options with { PollInterval = TimeSpan.FromMilliseconds(200) };
        for (var i = 0; i < pods; i++)
        {
            AddRunning($"{1000 + i}");
        }

        Start();
        await FakeCluster.UntilAsync(
            () => Provider.ListAsync(CancellationToken.None).Result.Count(s => s.Status.Phase == PodPhases.Running) == pods, "all pods run");
        var before = Cluster.Calls("squeue").Length;
        var watch = Stopwatch.StartNew();
        await Cluster.CallsPassAsync("squeue", 6);
        var elapsed = watch.Elapsed;
        var calls = Cluster.Calls("squeue").Length - before;

        // Six intervals begin with calls one to seven at the earliest; the first may have been just about to come.
        Assert.InRange(calls, 6, 1 + (elapsed / Options.PollInterval));
        Assert.Equal(0, Cluster.Calls("sacct").Length + Cluster.Calls("scancel").Length + Cluster.Calls("sbatch").Length);
        Assert.InRange(Cluster.Calls("scontrol").Length, 0, 1);
        Assert.InRange(Cluster.Calls("sinfo").Length, 0, 1);
    }

    [Fact(Timeout = Deadline)]
    public async Task Deletions_are_told_in_batches_and_strangers_are_never_touched()
    {
        var pods = Enumerable.Range(0, 40).Select(i => AddRunning($"{1000 + i}")).ToArray();
        var stranger = Guid.NewGuid();
        Cluster.Add("1", $"virtual-kubelet/other/{stranger}", $"pod.default.{stranger}");
        Cluster.Add("2", "", "vim.swap");
        Cluster.Add("3", $"virtual-kubelet/{Node}/{Guid.NewGuid()}", "an ended orphan of this node, without a directory", "COMPLETED");
        Start();
        await WaitAsync(pods[^1], s => s.Status.Phase == PodPhases.Running);

        await Task.WhenAll(pods.Select(pod => DeleteAsync(pod)));
        await FakeCluster.UntilAsync(() => Told().Length == 40, "all shims were told");
        foreach (var (pod, job) in pods.Zip(Told().Order()))
        {
            Report(pod, ShimStates.Complete(pod, job));
            Cluster.Set(job, "COMPLETED");
        }

        await WaitForGoneAsync(pods);

        // The wishes may straddle a turn of the terminator or two.
        Assert.InRange(Cluster.Calls("scancel").Length, 1, 4);
        Assert.All(Cluster.Calls("scancel"), call => Assert.StartsWith("--batch --signal=TERM ", call));
        Assert.Equal(Enumerable.Range(1000, 40).Select(i => $"{i}"), Told().Order());
        Assert.Equal(["1", "2", "3"], Cluster.JobIds.Where(id => id.Length == 1));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_node_of_the_same_name_in_another_cluster_sees_nothing_of_ours_and_touches_nothing()
    {
        Options = Options with { ClusterId = "one" };
        Start();
        var (workload, job) = await RunAsync();
        await StopAsync();
        var ours = Options;

        Options = Options with { ClusterId = "two" };
        Start();
        Assert.Empty(await Provider.ListAsync(CancellationToken.None));
        await Assert.ThrowsAsync<ProviderException>(() => DeleteAsync(workload));
        await StopAsync();
        Assert.Empty(Cluster.Calls("scancel"));

        Options = ours;
        Start();
        Assert.Equal(job, (await WaitAsync(workload, s => s.Status.Phase == PodPhases.Running)).JobId);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_shortened_grace_is_told_again_and_a_lengthened_one_is_not()
    {
        Start();
        var (workload, job) = await RunAsync();

        await DeleteAsync(workload, 60);
        await Cluster.UntilCalledAsync("scancel", 1);
        await DeleteAsync(workload, 5);
        await Cluster.UntilCalledAsync("scancel", 2);
        await DeleteAsync(workload, 30);
        await Cluster.CallsPassAsync("squeue", 10);

        Assert.Equal(2, Cluster.Calls("scancel").Length);
        Assert.Contains("\"gracePeriodSeconds\": 5", await File.ReadAllTextAsync(LayoutOf(workload).StopFile));
        Cluster.Set(job, "CANCELLED");
        await WaitForGoneAsync(workload);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_hanging_scancel_delays_no_status()
    {
        Start();
        var (deleted, _) = await RunAsync();
        var (other, job) = await RunAsync();
        Cluster.Rule("scancel", FakeCluster.WaitForGate);
        await DeleteAsync(deleted);
        await Cluster.UntilCalledAsync("scancel", 1);

        Report(other, ShimStates.Complete(other, job));
        Cluster.Set(job, "COMPLETED");

        Assert.Equal(PodPhases.Succeeded, (await WaitForEndAsync(other)).Status.Phase);
        Cluster.OpenGate();
    }

    [Fact(Timeout = Deadline)]
    public async Task A_deleted_pods_directory_is_kept_for_its_retention_over_a_restart()
    {
        Options = Options with { Retention = TimeSpan.FromHours(1) };
        Start();
        var (workload, _) = await RunAndDeleteAsync();

        await RestartAsync();
        await Cluster.CallsPassAsync("squeue", 2);

        Assert.Empty(await Provider.ListAsync(CancellationToken.None));
        Assert.True(File.Exists(LayoutOf(workload).StateFile));
        await StopAsync();
        Options = Options with { Retention = TimeSpan.Zero };
        Start();
        await FakeCluster.UntilAsync(() => !Directory.Exists(LayoutOf(workload).Root), "the directory was swept");
    }

    [Fact(Timeout = Deadline)]
    public async Task The_volumes_of_a_deleted_pod_are_not_kept_with_its_logs()
    {
        Options = Options with { Retention = TimeSpan.FromHours(1) };
        Start();
        var mounting = TestPod.Of(TestPod.Shell("true") with { VolumeMounts = [new VolumeMount { Name = "secret", MountPath = "/secret" }] });

        var (workload, _) = await RunAndDeleteAsync(mounting with { Volumes = [new("secret", [new("key", new byte[] { 1 }, UnixFileMode.UserRead)])] });

        Assert.False(Directory.Exists(LayoutOf(workload).VolumesDirectory));
        Assert.True(File.Exists(LayoutOf(workload).StateFile));
    }

    [Fact(Timeout = Deadline)]
    public async Task Commands_and_variables_of_a_deleted_pod_are_not_kept_with_its_logs()
    {
        Options = Options with { Retention = TimeSpan.FromHours(1) };
        Start();

        var (workload, _) = await RunAndDeleteAsync(TestPod.Of(TestPod.Shell("login s3cr3t") with { Env = [new EnvVar { Name = "TOKEN", Value = "s3cr3t" }] }));

        Assert.All(
            Directory.EnumerateFiles(LayoutOf(workload).Root, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain("s3cr3t", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.Contains("main", await File.ReadAllTextAsync(LayoutOf(workload).PodFile), StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task The_node_offers_what_its_responding_nodes_have()
    {
        Options = Options with { GresByResource = new Dictionary<string, string> { ["nvidia.com/gpu"] = "gpu", ["nvidia.com/a100"] = "gpu:a100" } };
        Start();
        await FakeCluster.UntilAsync(() => Provider.GetNodeAsync(CancellationToken.None).Result.BackendVersion is not null, "the capacity was read");

        var node = await Provider.GetNodeAsync(CancellationToken.None);

        Assert.Equal("slurm://22.05.8", node.BackendVersion);
        Assert.Equal(
            ["cpu=16", "memory=16000Mi", "nvidia.com/a100=4", "nvidia.com/gpu=4", "pods=1000"],
            node.Capacity.Select(r => $"{r.Key}={r.Value}").Order(StringComparer.Ordinal));
    }

    private string[] Told() => [.. Cluster.Calls("scancel").SelectMany(call => call.Split(' ').Where(word => word[0] != '-'))];

    /// <summary>A running job and its directory, as an earlier agent left them.</summary>
    private Workload AddRunning(string job)
    {
        var workload = TestPod.Of(TestPod.Shell("true"));
        var request = new JobRequestBuilder(Options).Build(workload, LayoutOf(workload));
        var record = new SubmitRecord { Node = Node, AcceptedAt = DateTimeOffset.UtcNow, JobId = job };
        new PodDirectories(Options).Create(LayoutOf(workload), PodPlanBuilder.Build(workload, request, "Host"), JobScript.Render(request), record, _ => { });
        Report(workload, ShimStates.Running(workload, job));
        Cluster.Add(job, request.Comment, request.Name);
        return workload;
    }
}
