using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Providers.Slurm.Jobs;
using VirtualKubelet.Providers.Slurm.Tests.Support;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Tests.Jobs;

/// <summary>From each of Slurm's state words and each state of the shim to the pod's phase and reason.</summary>
public sealed class StateTableTests
{
    private const string Nothing = "(no change)";
    private const string Pending = "Pending";
    private const string Running = "Running";
    private const string Succeeded = "Succeeded";
    private const string Failed = "Failed";

    private static readonly Workload Pod = TestPod.Of(TestPod.Shell("true"));

    private static readonly SubmitRecord Record = new() { Node = "vk", AcceptedAt = ShimStates.StartedAt, JobId = "7" };

    /// <summary>Words; then the pod with a shim that has not reported, reports running, exited 0, exited 3; then, without a last word, once the grace is over.</summary>
    public static TheoryData<string, string, string, string, string, string, string> Table => new()
    {
        { "PD", "PENDING", Pending, Running, Running, Running, Pending },
        { "CF", "CONFIGURING", Pending, Running, Running, Running, Pending },
        { "RQ", "REQUEUED", Pending, Running, Running, Running, Pending },
        { "RF", "REQUEUE_FED", Pending, Running, Running, Running, Pending },
        { "RH", "REQUEUE_HOLD", Pending, Running, Running, Running, Pending },
        { "RD", "RESV_DEL_HOLD", Pending, Running, Running, Running, Pending },
        { "SE", "SPECIAL_EXIT", Pending, Running, Running, Running, Pending },
        { "PO", "POWER_UP_NODE", Pending, Running, Running, Running, Pending },
        { "EX", "EXPEDITING", Pending, Running, Running, Running, Pending },
        { "R", "RUNNING", Pending, Running, Running, Running, Pending },
        { "CG", "COMPLETING", Pending, Running, Running, Running, Pending },
        { "S", "SUSPENDED", Pending, Running, Running, Running, Pending },
        { "ST", "STOPPED", Pending, Running, Running, Running, Pending },
        { "RS", "RESIZING", Pending, Running, Running, Running, Pending },
        { "SI", "SIGNALING", Pending, Running, Running, Running, Pending },
        { "SO", "STAGE_OUT", Pending, Running, Running, Running, Pending },
        { "UD", "UPDATE_DB", Pending, Running, Running, Running, Pending },
        { "CD", "COMPLETED", Nothing, Running, Succeeded, Failed, "Failed/SlurmJobLost" },
        { "F", "FAILED", "Failed/SlurmJobFailed", Running, Succeeded, Failed, "Failed/SlurmJobFailed" },
        { "BF", "BOOT_FAIL", "Failed/SlurmJobFailed", "Failed/SlurmJobFailed", Succeeded, Failed, "Failed/SlurmJobFailed" },
        { "LF", "LAUNCH_FAILED", "Failed/SlurmJobFailed", "Failed/SlurmJobFailed", Succeeded, Failed, "Failed/SlurmJobFailed" },
        { "RC", "RECONFIG_FAIL", "Failed/SlurmJobFailed", "Failed/SlurmJobFailed", Succeeded, Failed, "Failed/SlurmJobFailed" },
        { "OOM", "OUT_OF_MEMORY", "Failed/OOMKilled", "Failed/OOMKilled", "Failed/OOMKilled", "Failed/OOMKilled", "Failed/OOMKilled" },
        { "TO", "TIMEOUT", "Failed/DeadlineExceeded", "Failed/DeadlineExceeded", "Failed/DeadlineExceeded", "Failed/DeadlineExceeded", "Failed/DeadlineExceeded" },
        { "DL", "DEADLINE", "Failed/DeadlineExceeded", "Failed/DeadlineExceeded", "Failed/DeadlineExceeded", "Failed/DeadlineExceeded", "Failed/DeadlineExceeded" },
        { "NF", "NODE_FAIL", "Failed/NodeFailed", "Failed/NodeFailed", "Failed/NodeFailed", "Failed/NodeFailed", "Failed/NodeFailed" },
        { "PR", "PREEMPTED", "Failed/Preempted", "Failed/Preempted", "Failed/Preempted", "Failed/Preempted", "Failed/Preempted" },
        { "CA", "CANCELLED", "Failed/SlurmJobCancelled", "Failed/SlurmJobCancelled", "Failed/SlurmJobCancelled", "Failed/SlurmJobCancelled", "Failed/SlurmJobCancelled" },
        { "RV", "REVOKED", "Failed/SlurmJobCancelled", "Failed/SlurmJobCancelled", "Failed/SlurmJobCancelled", "Failed/SlurmJobCancelled", "Failed/SlurmJobCancelled" },
        { "XX", "TELEPORTED", Nothing, Nothing, Nothing, Nothing, Nothing },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_word_and_each_state_of_the_shim_make_one_phase(
        string compact, string @long, string silent, string running, string exited0, string exited3, string lost)
    {
        foreach (var word in (string[])[compact, @long])
        {
            Assert.Equal(silent, Shown(Reconcile(Job(word), shim: null)));
            Assert.Equal(running, Shown(Reconcile(Job(word), ShimStates.Running(Pod, "7"))));
            Assert.Equal(exited0, Shown(Reconcile(Job(word), ShimStates.Complete(Pod, "7"))));
            Assert.Equal(exited3, Shown(Reconcile(Job(word), ShimStates.Complete(Pod, "7", exitCode: 3))));
            Assert.Equal(lost, Shown(Reconcile(Job(word), shim: null, isLost: true)));
        }
    }

    [Fact]
    public void Every_state_this_build_knows_is_in_the_table()
    {
        var words = Table.Select(row => SlurmJobStates.Parse((string)row[1])).ToHashSet();

        Assert.Equal(Enum.GetValues<SlurmJobState>().ToHashSet(), words);
    }

    [Theory]
    [InlineData("COMPLETED")]
    [InlineData("FAILED")]
    [InlineData("OUT_OF_MEMORY")]
    [InlineData("NODE_FAIL")]
    [InlineData("CANCELLED by 1000")]
    public void No_ended_job_succeeds_without_the_shims_last_word(string word)
    {
        foreach (var shim in (PodState?[])[null, ShimStates.Running(Pod, "7"), ShimStates.Complete(Pod, "7") with { FinishedAt = null }])
        {
            Assert.NotEqual(Succeeded, Reconcile(Job(word), shim, isLost: true)?.Status.Phase);
            Assert.NotEqual(Succeeded, Reconcile(Job(word), shim)?.Status.Phase);
        }
    }

    [Fact]
    [Trait("Item", "N10")]
    public void A_cut_off_container_is_terminated_at_the_jobs_end()
    {
        var end = ShimStates.StartedAt.AddHours(1);
        var status = Reconcile(Job("OUT_OF_MEMORY") with { EndTime = end }, ShimStates.Running(Pod, "7"))!.Status;

        var container = Assert.Single(status.ContainerStatuses!);
        var terminated = container.State!.Terminated!;
        Assert.Equal((137, "OOMKilled", "slurm://7/main/0"), (terminated.ExitCode, terminated.Reason, terminated.ContainerID));
        Assert.Equal((ShimStates.StartedAt, end), (terminated.StartedAt!.Value, terminated.FinishedAt!.Value));
        Assert.False(container.Ready);
        Assert.Null(container.State.Running);
    }

    [Fact]
    [Trait("Item", "N10")]
    public void A_container_killed_in_a_job_out_of_memory_was_killed_by_it_and_one_that_exited_was_not()
    {
        Assert.Equal("OOMKilled", Terminated(Reconcile(Job("OUT_OF_MEMORY"), ShimStates.Complete(Pod, "7", exitCode: 137, signal: 9))).Reason);
        Assert.Equal((3, "Error"), (Terminated(Reconcile(Job("OUT_OF_MEMORY"), ShimStates.Complete(Pod, "7", exitCode: 3))) is var t ? (t.ExitCode, t.Reason) : default));
    }

    [Fact]
    [Trait("Item", "N10")]
    public void A_job_that_failed_because_Slurm_killed_it_for_its_memory_needs_no_other_proof()
    {
        var seen = new JobObservation(OutlineOf(Pod), Record, Delay: null, Job("FAILED") with { Signal = 9 }, ShimStates.Running(Pod, "7"), IsMissing: false, IsLost: false)
        {
            MemoryComplaint = "slurmstepd: error: Exceeded job memory limit",
        };

        var status = StatusReconciler.Reconcile(seen)!;

        Assert.Equal((137, "OOMKilled"), (Terminated(status).ExitCode, Terminated(status).Reason));
        Assert.Contains("Exceeded job memory limit", status.Status.Message);
    }

    [Theory]
    [InlineData(3, null, 3, "exit code 3")]
    [InlineData(0, 9, 137, "signal 9")]
    [InlineData(null, null, 1, "exit code 1")]
    [InlineData(0, null, 1, "exit code 0")]
    public void A_failed_job_without_a_last_word_gives_its_own_exit_code_or_signal(int? exitCode, int? signal, int expected, string words)
    {
        var status = Reconcile(Job("FAILED") with { ExitCode = exitCode, Signal = signal, Reason = "NonZeroExitCode" }, ShimStates.Running(Pod, "7"), isLost: true)!;

        Assert.Equal(expected, Terminated(status).ExitCode);
        Assert.Contains(words, status.Status.Message);
        Assert.Contains("FAILED, NonZeroExitCode", status.Status.Message);
    }

    [Fact]
    public void A_job_cancelled_by_our_own_delete_blames_nobody()
    {
        var deleted = Record with { DeleteRequestedAt = ShimStates.StartedAt, GracePeriodSeconds = 1 };

        Assert.Equal("Failed/Terminated", Shown(Reconcile(Job("CANCELLED"), ShimStates.Running(Pod, "7"), record: deleted)));
        Assert.Equal(Failed, Shown(Reconcile(Job("CANCELLED"), ShimStates.Complete(Pod, "7", exitCode: 143, signal: 15), record: deleted)));
    }

    [Fact]
    public void A_deadline_kept_by_the_shim_is_exceeded_whatever_became_of_the_job()
    {
        var shim = ShimStates.Complete(Pod, "7", exitCode: 143, signal: 15, reason: PodStopReasons.DeadlineExceeded);

        Assert.Equal("Failed/DeadlineExceeded", Shown(Reconcile(Job("FAILED"), shim)));
        Assert.Equal("Failed/DeadlineExceeded", Shown(Reconcile(Job("COMPLETED"), shim)));
    }

    [Fact]
    public void A_pod_waits_in_Slurms_words_then_in_a_kubelets()
    {
        var waiting = Waiting(Reconcile(Job("PENDING") with { Reason = "ReqNodeNotAvail, UnavailableNodes:n1" }, shim: null));
        var starting = Waiting(Reconcile(Job("RUNNING") with { Nodes = "n[0-1]" }, shim: null));
        var delayed = Waiting(StatusReconciler.Reconcile(new JobObservation(
            Outline, Record with { JobId = null }, new SubmitDelay("SlurmSubmitDelayed", "words"), Job: null, Shim: null, IsMissing: false, IsLost: false)));

        Assert.Equal(("ReqNodeNotAvail", "Slurm job 7 is PENDING: ReqNodeNotAvail, UnavailableNodes:n1"), (waiting.Reason, waiting.Message));
        Assert.Equal(("ContainerCreating", "Slurm job 7 is RUNNING on n[0-1]"), (starting.Reason, starting.Message));
        Assert.Equal(("SlurmSubmitDelayed", "words"), (delayed.Reason, delayed.Message));
    }

    [Fact]
    public void A_pod_is_pending_while_an_init_container_runs_and_running_from_its_main_containers_on()
    {
        var pod = TestPod.Of(new PodSpec { InitContainers = [TestPod.Shell("true", "init")], Containers = [TestPod.Shell("true")] });
        var running = ShimStates.Running(pod, "7");
        var initializing = running with
        {
            InitContainers = [running.Containers[0] with { Name = "init" }],
            Containers = [new() { Name = "main", Waiting = new ContainerWaiting("PodInitializing") }],
        };

        Assert.Equal(Pending, Shown(Reconcile(Job("RUNNING"), initializing, pod: pod)));
        Assert.Equal(Running, Shown(Reconcile(Job("RUNNING"), running with { InitContainers = initializing.InitContainers }, pod: pod)));
        Assert.Equal("PodInitializing", Reconcile(Job("PENDING"), null, pod: pod)!.Status.ContainerStatuses![0].State!.Waiting!.Reason);
    }

    [Fact]
    public void A_container_between_two_runs_waits_and_its_pod_runs_on()
    {
        var running = ShimStates.Running(Pod, "7");
        var ended = ShimStates.Complete(Pod, "7", exitCode: 1).Containers[0].Terminated;
        var backOff = running with { Containers = [new() { Name = "main", RestartCount = 2, Waiting = new ContainerWaiting("CrashLoopBackOff"), LastTerminated = ended }] };
        var again = running with { Containers = [running.Containers[0] with { RestartCount = 3, LastTerminated = ended }] };

        var waiting = Reconcile(Job("RUNNING"), backOff)!.Status;
        var restarted = Reconcile(Job("RUNNING"), again)!.Status;

        Assert.Equal((Running, "slurm://7/main/2"), (waiting.Phase, waiting.ContainerStatuses![0].LastState!.Terminated!.ContainerID));
        Assert.Equal("slurm://7/main/3", restarted.ContainerStatuses![0].ContainerID);
        Assert.Equal("slurm://7/main/2", restarted.ContainerStatuses[0].LastState!.Terminated!.ContainerID);
    }

    [Fact]
    [Trait("Item", "N17")]
    public void A_termination_message_is_the_containers_and_stays_with_it_through_a_restart()
    {
        var ended = ShimStates.Complete(Pod, "7", exitCode: 1).Containers[0].Terminated! with { Message = "disk full" };
        var complete = ShimStates.Complete(Pod, "7", exitCode: 1) with { Containers = [new() { Name = "main", Terminated = ended }] };
        var again = ShimStates.Running(Pod, "7") with
        {
            Containers = [new() { Name = "main", RestartCount = 1, Running = new(ShimStates.StartedAt, 1), LastTerminated = ended }],
        };

        Assert.Equal("disk full", Terminated(Reconcile(Job("FAILED"), complete)).Message);
        var restarted = Reconcile(Job("RUNNING"), again)!.Status.ContainerStatuses![0];
        Assert.Equal("disk full", restarted.LastState!.Terminated!.Message);
    }

    [Fact]
    [Trait("Item", "N17")]
    public void A_container_killed_for_want_of_memory_keeps_its_termination_message()
    {
        var shim = ShimStates.Complete(Pod, "7", exitCode: 137, signal: 9);
        var message = shim with { Containers = [shim.Containers[0] with { Terminated = shim.Containers[0].Terminated! with { Message = "epoch 7" } }] };

        Assert.Equal(("OOMKilled", "epoch 7"), (Terminated(Reconcile(Job("OUT_OF_MEMORY"), message)).Reason, Terminated(Reconcile(Job("OUT_OF_MEMORY"), message)).Message));
        Assert.Contains("used more memory", Terminated(Reconcile(Job("OUT_OF_MEMORY"), shim)).Message);
    }

    private static PodOutline Outline => OutlineOf(Pod);

    private static JobRecord Job(string word) => new() { JobId = "7", Uid = Pod.Id.Uid, State = SlurmJobStates.Parse(word), StateWord = word };

    private static WorkloadStatus? Reconcile(JobRecord job, PodState? shim, bool isLost = false, SubmitRecord? record = null, Workload? pod = null) =>
        StatusReconciler.Reconcile(new JobObservation(OutlineOf(pod ?? Pod), record ?? Record, Delay: null, job, shim, IsMissing: false, isLost));

    private static PodOutline OutlineOf(Workload pod) => new(
        pod.Id,
        [.. (pod.Pod.Spec.InitContainers ?? []).Select(c => new ContainerOutline(c.Name!, ""))],
        [.. pod.Pod.Spec.Containers!.Select(c => new ContainerOutline(c.Name!, ""))]);

    private static string Shown(WorkloadStatus? status) =>
        status is null ? Nothing : string.Join('/', new[] { status.Status.Phase, status.Status.Reason }.OfType<string>());

    private static ContainerStateTerminated Terminated(WorkloadStatus? status) => status!.Status.ContainerStatuses![0].State!.Terminated!;

    private static ContainerStateWaiting Waiting(WorkloadStatus? status) => status!.Status.ContainerStatuses![0].State!.Waiting!;
}
