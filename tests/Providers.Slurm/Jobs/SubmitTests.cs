using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm.Tests.FakeSlurm;
using VirtualKubelet.Providers.Slurm.Tests.Support;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Tests.Jobs;

/// <summary>Exactly one job a pod, whatever sbatch does and whenever the agent dies.</summary>
public sealed class SubmitTests : ClusterTests
{
    /// <summary>An sbatch that has made its job and never says so.</summary>
    private const string AcceptAndHang = "\"$site/bin/accept\" \"$2\" >/dev/null; echo >\"$site/accepted\"; " + FakeCluster.WaitForGate + "; exit 1";

    [Fact(Timeout = Deadline)]
    public async Task A_waiting_job_shows_in_Slurms_own_words()
    {
        Start();
        var (workload, job) = await SubmitAsync();
        Cluster.Set(job, "PENDING", "QOSMaxJobsPerUserLimit", start: DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

        var status = await WaitAsync(workload, s => WaitingOf(s)?.Reason == "QOSMaxJobsPerUserLimit");

        Assert.Equal(PodPhases.Pending, status.Status.Phase);
        Assert.Equal($"Slurm job {job} is PENDING: QOSMaxJobsPerUserLimit; estimated start 2027-01-15T08:00:00Z", WaitingOf(status)!.Message);
        Assert.Equal([$"--parsable {LayoutOf(workload).ScriptFile}"], Cluster.Calls("sbatch"));
    }

    [Theory(Timeout = Deadline)]
    [InlineData("echo 'sbatch: warning: your group is almost out of hours' >&2")]
    [InlineData("echo \"$(\"$site/bin/accept\" \"$2\");cluster\"; exit")]
    [InlineData("id=$(\"$site/bin/accept\" \"$2\"); echo \"  $id  \"; exit 0")]
    public async Task Whatever_surrounds_the_job_ID_is_no_failure(string rule)
    {
        Cluster.Rule("sbatch", rule);
        Start();

        var (_, job) = await SubmitAsync();

        Assert.Equal([job], Cluster.JobIds);
        Assert.Single(Cluster.Calls("sbatch"));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_agent_that_died_before_its_first_sbatch_submits_once_later()
    {
        Cluster.Rule("squeue", "exit 1");
        Start();
        var workload = await CreateAsync();
        await StopAsync();
        Assert.Empty(Cluster.Calls("sbatch"));

        Cluster.NoRule("squeue");
        Start();

        Assert.Equal([(await WaitAsync(workload, s => s.JobId is not null)).JobId!], Cluster.JobIds);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_agent_that_died_with_its_sbatch_submits_again_once()
    {
        Cluster.Rule("sbatch", FakeCluster.WaitForGate);
        Start();
        var workload = await CreateAsync();
        await Cluster.UntilCalledAsync("sbatch", 1);
        await StopAsync();
        Assert.Empty(Cluster.JobIds);

        Cluster.NoRule("sbatch");
        Start();

        Assert.Equal([(await WaitAsync(workload, s => s.JobId is not null)).JobId!], Cluster.JobIds);
        Assert.Equal(2, Cluster.Calls("sbatch").Length);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_job_whose_ID_was_never_recorded_is_found_and_not_submitted_again()
    {
        Cluster.Rule("sbatch", AcceptAndHang);
        Start();
        var workload = await CreateAsync();
        await FakeCluster.UntilAsync(() => File.Exists(Cluster["accepted"]), "the job was accepted");
        await StopAsync();

        Cluster.NoRule("sbatch");
        Start();

        Assert.Equal([(await WaitAsync(workload, s => s.JobId is not null)).JobId!], Cluster.JobIds);
        Assert.Single(Cluster.Calls("sbatch"));
    }

    [Fact(Timeout = Deadline)]
    public async Task Many_jobs_whose_IDs_were_never_recorded_share_one_answer_of_squeue()
    {
        Options = Options with { MaxConcurrentSubmits = 20, PollInterval = TimeSpan.FromMilliseconds(200) };
        Cluster.Rule("sbatch", "\"$site/bin/accept\" \"$2\" >/dev/null; " + FakeCluster.WaitForGate);
        Start();
        var pods = new List<Workload>();
        for (var i = 0; i < 20; i++)
        {
            pods.Add(await CreateAsync());
        }

        await FakeCluster.UntilAsync(() => Cluster.JobIds.Count == 20, "all jobs were accepted");
        await StopAsync();
        var before = Cluster.Calls("squeue").Length;
        Options = Options with { MaxConcurrentSubmits = 1 };
        Start();
        foreach (var pod in pods)
        {
            await WaitAsync(pod, s => s.JobId is not null);
        }

        Assert.InRange(Cluster.Calls("squeue").Length - before, 1, 5);
        Assert.Equal(20, Cluster.JobIds.Count);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_sbatch_that_outlives_its_agent_has_its_say_before_another_is_started()
    {
        // Detached from the tree that a stopping agent kills, and still holding the lock of its directory.
        Cluster.Rule("sbatch", """
            ( site=$site script=$2 setsid bash -c 'while [ -d "$site/rules" ] && [ ! -e "$site/gate" ]; do sleep 0.02; done; exec "$site/bin/accept" "$script"' >/dev/null 2>&1 & )
            while [ -d "$site/rules" ]; do sleep 0.02; done
            """);
        Start();
        var workload = await CreateAsync();
        await Cluster.UntilCalledAsync("sbatch", 1);
        await StopAsync();

        Cluster.NoRule("sbatch");
        Start();
        await Cluster.CallsPassAsync("squeue", 5);
        Assert.Single(Cluster.Calls("sbatch"));
        Cluster.OpenGate();

        Assert.Equal([(await WaitAsync(workload, s => s.JobId is not null)).JobId!], Cluster.JobIds);
        Assert.Single(Cluster.Calls("sbatch"));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_sbatch_that_timed_out_after_submitting_is_not_repeated()
    {
        Options = Options with { CommandTimeout = TimeSpan.FromSeconds(2) };
        Cluster.Rule("sbatch", AcceptAndHang);
        Start();

        var (_, job) = await SubmitAsync();

        Assert.Equal([job], Cluster.JobIds);
        Assert.Single(Cluster.Calls("sbatch"));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_sbatch_that_timed_out_before_submitting_is_repeated()
    {
        Options = Options with { CommandTimeout = TimeSpan.FromSeconds(2) };
        Cluster.Rule("sbatch", "rm \"$site/rules/sbatch\"; exec sleep 30");
        Start();
        var workload = await CreateAsync();

        var delayed = await WaitAsync(workload, s => WaitingOf(s)?.Reason == "SlurmSubmitDelayed");
        var submitted = await WaitAsync(workload, s => s.JobId is not null);

        Assert.Contains("did not answer within 2 s", WaitingOf(delayed)!.Message);
        Assert.Equal([submitted.JobId!], Cluster.JobIds);
        Assert.Equal(2, Cluster.Calls("sbatch").Length);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_answer_that_is_no_job_ID_is_looked_up()
    {
        Cluster.Rule("sbatch", "\"$site/bin/accept\" \"$2\" >/dev/null; echo 'Thank you for choosing our cluster!'; exit 0");
        Start();

        var (_, job) = await SubmitAsync();

        Assert.Equal([job], Cluster.JobIds);
        Assert.Single(Cluster.Calls("sbatch"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_refusal_for_good_fails_the_pod_with_Slurms_own_words_for_ever()
    {
        Cluster.Rule("sbatch", "echo 'sbatch: error: Batch job submission failed: Invalid partition name specified' >&2; exit 1");
        Start();
        var workload = await CreateAsync();

        var failed = await WaitForEndAsync(workload);
        await RestartAsync();

        Assert.Equal((PodPhases.Failed, "SlurmRejected"), (failed.Status.Phase, failed.Status.Reason));
        Assert.Contains("Invalid partition name specified", failed.Status.Message);
        Assert.Equal(failed.Status.Message, (await WaitForEndAsync(workload)).Status.Message);
        Assert.Single(Cluster.Calls("sbatch"));

        await DeleteAsync(workload);
        await WaitForGoneAsync(workload);
        Assert.False(Directory.Exists(LayoutOf(workload).Root));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_refusal_that_may_pass_leaves_the_pod_pending_with_Slurms_own_words_and_is_tried_again()
    {
        Cluster.Rule("sbatch", "echo 'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)' >&2; exit 1");
        Start();
        var workload = await CreateAsync();

        var delayed = await WaitAsync(workload, s => WaitingOf(s)?.Reason == "SlurmSubmitDelayed");
        await Cluster.UntilCalledAsync("sbatch", 2);
        Cluster.NoRule("sbatch");
        var submitted = await WaitAsync(workload, s => s.JobId is not null);

        Assert.Equal(PodPhases.Pending, delayed.Status.Phase);
        Assert.Contains("Unable to contact slurm controller", WaitingOf(delayed)!.Message);
        Assert.Contains("trying again in 1 s", WaitingOf(delayed)!.Message);
        Assert.Equal([submitted.JobId!], Cluster.JobIds);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_job_that_came_and_went_unseen_is_known_by_its_claim()
    {
        Cluster.Rule("sbatch", FakeCluster.WaitForGate);
        Start();
        var workload = await CreateAsync();
        await Cluster.UntilCalledAsync("sbatch", 1);
        await StopAsync();
        AtomicFile.WriteJson(LayoutOf(workload).ClaimFile, new JobClaim("77", "n0", DateTimeOffset.UtcNow), ShimJson.Files.JobClaim);
        Report(workload, ShimStates.Complete(workload, "77", exitCode: 4));

        Cluster.NoRule("sbatch");
        Start();
        var ended = await WaitForEndAsync(workload);

        Assert.Equal(("77", 4), (ended.JobId, ended.Status.ContainerStatuses![0].State!.Terminated!.ExitCode));
        Assert.Single(Cluster.Calls("sbatch"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_job_that_came_and_went_unseen_is_known_to_accounting()
    {
        Cluster.Rule("sbatch", FakeCluster.WaitForGate);
        Start();
        var workload = await CreateAsync();
        await Cluster.UntilCalledAsync("sbatch", 1);
        await StopAsync();
        var end = DateTimeOffset.UtcNow.AddSeconds(1).ToUnixTimeSeconds();
        Cluster.History($"78|TIMEOUT|0:0|{end - 60}|{end}|n0|pod.default.{workload.Id.Uid}\n");

        Cluster.NoRule("sbatch");
        Start();
        var ended = await WaitForEndAsync(workload);

        Assert.Equal(("78", "DeadlineExceeded"), (ended.JobId, ended.Status.Reason));
        Assert.Single(Cluster.Calls("sbatch"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_damaged_claim_holds_up_its_own_pod_only()
    {
        Options = Options with { MaxConcurrentSubmits = 1 };
        Cluster.Rule("sbatch", FakeCluster.WaitForGate);
        Start();
        var damaged = await CreateAsync();
        await Cluster.UntilCalledAsync("sbatch", 1);
        await StopAsync();
        await File.WriteAllTextAsync(LayoutOf(damaged).ClaimFile, "{ half a cla");

        Cluster.NoRule("sbatch");
        Start();
        await WaitAsync(damaged, s => WaitingOf(s)?.Reason == "SlurmSubmitDelayed");
        await SubmitAsync();

        Assert.Null((await StatusAsync(damaged)).JobId);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_deleted_while_it_waits_to_be_submitted_never_becomes_a_job()
    {
        Cluster.Rule("sbatch", "echo 'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying' >&2; exit 1");
        Start();
        var workload = await CreateAsync();
        await WaitAsync(workload, s => WaitingOf(s)?.Reason == "SlurmSubmitDelayed");

        await DeleteAsync(workload);
        await WaitForGoneAsync(workload);

        Assert.Empty(Cluster.JobIds);
        Assert.False(Directory.Exists(LayoutOf(workload).Root));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_deleted_while_sbatch_is_under_way_is_cancelled_once_its_job_is_known()
    {
        Cluster.Rule("sbatch", FakeCluster.WaitForGate);
        Start();
        var workload = await CreateAsync();
        await Cluster.UntilCalledAsync("sbatch", 1);

        await DeleteAsync(workload);
        Cluster.OpenGate();
        await WaitForGoneAsync(workload);

        var job = Assert.Single(Cluster.JobIds);
        Assert.Equal([$"--state=PENDING {job}"], Cluster.Calls("scancel"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_deletion_does_not_make_a_failing_lookup_spin()
    {
        Cluster.Rule("sbatch", "exit 1");
        Cluster.Rule("scontrol", "exit 1");
        Start();
        var workload = await CreateAsync();
        await WaitAsync(workload, s => WaitingOf(s)?.Reason == "SlurmSubmitDelayed");

        await DeleteAsync(workload);
        await Cluster.CallsPassAsync("squeue", 10);

        Assert.InRange(Cluster.Calls("scontrol").Length, 1, 8);
        Cluster.NoRule("scontrol");
        await WaitForGoneAsync(workload);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_UID_that_comes_back_within_its_retention_starts_afresh()
    {
        Options = Options with { Retention = TimeSpan.FromHours(1) };
        Start();
        var (workload, first) = await RunAsync();
        Report(workload, ShimStates.Complete(workload, first));
        Cluster.Set(first, "COMPLETED", end: DateTimeOffset.UtcNow.AddMinutes(-1));
        await WaitForEndAsync(workload);
        await DeleteAsync(workload);
        await WaitForGoneAsync(workload);
        Assert.True(File.Exists(LayoutOf(workload).StateFile));

        await CreateAsync(workload);
        var again = await WaitAsync(workload, s => s.JobId is not null);

        Assert.NotEqual(first, again.JobId);
        Assert.Equal(PodPhases.Pending, again.Status.Phase);
        Assert.False(File.Exists(LayoutOf(workload).StateFile));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_directory_of_another_node_is_neither_adopted_nor_replaced()
    {
        Options = Options with { NodeName = "other" };
        Start();
        var (workload, job) = await SubmitAsync();
        await StopAsync();
        Directory.CreateDirectory(Path.Combine(Options.WorkDirectory, "my_data_set"));

        Options = Options with { NodeName = Node };
        Start();
        var error = await Assert.ThrowsAsync<ProviderException>(() => CreateAsync(workload));
        await Cluster.CallsPassAsync("squeue", 3);

        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
        Assert.Empty(await Provider.ListAsync(CancellationToken.None));
        Assert.Equal([job], Cluster.JobIds);
        Assert.True(File.Exists(LayoutOf(workload).SubmitFile));
        Assert.True(Directory.Exists(Path.Combine(Options.WorkDirectory, "my_data_set")));
    }

    [Fact(Timeout = Deadline)]
    public async Task What_was_never_finished_is_removed_and_what_is_damaged_stays()
    {
        var unfinished = Directory.CreateDirectory(Path.Combine(Options.WorkDirectory, $".unfinished_{Node}_uid"));
        await File.WriteAllTextAsync(Path.Combine(unfinished.FullName, "pod.json"), "{}");
        var damaged = Directory.CreateDirectory(Path.Combine(Options.WorkDirectory, "default_pod_uid"));
        await File.WriteAllTextAsync(Path.Combine(damaged.FullName, "submit.json"), "{ half");

        Start();
        await SubmitAsync();

        Assert.False(Directory.Exists(unfinished.FullName));
        Assert.True(File.Exists(Path.Combine(damaged.FullName, "submit.json")));
        Assert.Single(await Provider.ListAsync(CancellationToken.None));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_full_node_refuses_further_pods_until_one_has_ended()
    {
        Options = Options with { Limits = new JobLimits { Pods = 1 } };
        Start();
        var (workload, job) = await RunAsync();

        var error = await Assert.ThrowsAsync<ProviderException>(() => CreateAsync());
        Report(workload, ShimStates.Complete(workload, job));
        Cluster.Set(job, "COMPLETED");
        await WaitForEndAsync(workload);
        await CreateAsync(TestPod.Of(TestPod.Shell("true")));

        Assert.Equal((ProviderErrorKind.Rejected, "the node holds 1 pods already (spec.limits.pods)"), (error.Kind, error.Message));
    }
}
