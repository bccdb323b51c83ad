using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Backends;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>
/// Makes a pod's status out of what Slurm and the shim say: a pure function. A terminal phase needs an ended job;
/// success needs the shim's exit codes.
/// </summary>
internal static class StatusReconciler
{
    /// <summary>The status for an observation; null when nothing may be concluded from it, so that the last status stands.</summary>
    public static WorkloadStatus? Reconcile(JobObservation seen) => seen.Stage switch
    {
        JobStage.Waiting or JobStage.Active => Report(seen, Live(seen)),
        JobStage.Ended when seen.ShimIsComplete || !NeedsProof(seen) || seen.IsLost => Report(seen, Ended(seen)),
        JobStage.Ended when seen.Shim is not null => Report(seen, Live(seen)),
        _ => null,
    };

    /// <summary>Whether a status is the last one its pod will have.</summary>
    public static bool IsFinal(PodStatus status) => PodPhases.IsTerminal(status.Phase);

    /// <summary>The status of a pod that can never become a job.</summary>
    public static PodStatus Rejected(PodOutline outline, SubmitRecord record, string message) =>
        Base(PodPhases.Failed, record, "SlurmRejected", message) with
        {
            InitContainerStatuses = Statuses(outline.InitContainers, c => ContainerStatuses.Waiting(c, "PodInitializing", null)),
            ContainerStatuses = Statuses(outline.Containers, c => ContainerStatuses.Waiting(c, InitialReason(outline.InitContainers), null)),
        };

    // A job that Slurm has forgotten proves nothing either.
    private static bool NeedsProof(JobObservation seen) => seen.Job is null || seen.LacksProof;

    private static WorkloadStatus Report(JobObservation seen, PodStatus status) =>
        new() { Id = seen.Outline.Id, JobId = seen.JobId, Status = status };

    private static PodStatus Pending(JobObservation seen)
    {
        var (reason, message) = PendingReasons.Of(seen);
        return Base(PodPhases.Pending, seen.Record) with
        {
            InitContainerStatuses = Statuses(seen.InitContainers, c => ContainerStatuses.Waiting(c, reason ?? "PodInitializing", message)),
            ContainerStatuses = Statuses(seen.Containers, c => ContainerStatuses.Waiting(c, reason ?? InitialReason(seen.InitContainers), message)),
        };
    }

    private static PodStatus Live(JobObservation seen)
    {
        if (seen.Shim is null)
        {
            return Pending(seen);
        }

        var status = Base(PodPhases.Pending, seen.Record) with
        {
            InitContainerStatuses = Statuses(seen.InitContainers, c => FromShim(seen, c, seen.Shim.InitContainers, isInit: true)),
            ContainerStatuses = Statuses(seen.Containers, c => FromShim(seen, c, seen.Shim.Containers, isInit: false)),
        };

        // All main containers have started at least once: the pod runs until its job has ended, even when they have exited.
        var started = status.ContainerStatuses!.All(c => c.State?.Waiting is null || c.LastState?.Terminated is not null);
        return started ? status with { Phase = PodPhases.Running } : status;
    }

    private static PodStatus Ended(JobObservation seen)
    {
        var verdict = JobVerdicts.Of(seen);
        var init = Statuses(seen.InitContainers, c => CutOff(seen, FromShim(seen, c, seen.Shim?.InitContainers, isInit: true), verdict));
        var main = Statuses(seen.Containers, c => CutOff(seen, FromShim(seen, c, seen.Shim?.Containers, isInit: false), verdict));
        var succeeded = verdict is null && main.Count > 0 && init.Concat(main).All(c => c.State?.Terminated is { ExitCode: 0 });
        return Base(succeeded ? PodPhases.Succeeded : PodPhases.Failed, seen.Record, verdict?.Reason, verdict?.Message) with
        {
            InitContainerStatuses = init,
            ContainerStatuses = main,
        };
    }

    private static ContainerStatus FromShim(JobObservation seen, ContainerOutline container, IReadOnlyList<Shim.Protocol.ContainerState>? states, bool isInit)
    {
        var state = states?.FirstOrDefault(s => s.Name == container.Name);
        return state is null
            ? ContainerStatuses.Waiting(container, isInit ? "PodInitializing" : InitialReason(seen.InitContainers), null)
            : ContainerStatuses.FromShim(container, state, seen.JobId!, isInit);
    }

    // Running when last heard of, or killed at the very moment the job was: the job's end is the container's.
    private static ContainerStatus CutOff(JobObservation seen, ContainerStatus status, JobVerdict? verdict)
    {
        const int Sigkill = 9;
        var wasRunning = status.State?.Running is not null;
        var wasKilled = verdict?.ContainerReason == "OOMKilled" && status.State?.Terminated is { Signal: Sigkill };
        return verdict is not null && (wasRunning || wasKilled)
            ? ContainerStatuses.CutOff(status, verdict, seen.Job?.EndTime ?? seen.Shim?.FinishedAt)
            : status;
    }

    private static string InitialReason(IReadOnlyList<ContainerOutline> init) => init.Count > 0 ? "PodInitializing" : "ContainerCreating";

    private static PodStatus Base(string phase, SubmitRecord record, string? reason = null, string? message = null) =>
        new() { Phase = phase, Reason = reason, Message = message, StartTime = record.AcceptedAt };

    private static List<ContainerStatus> Statuses(IReadOnlyList<ContainerOutline> containers, Func<ContainerOutline, ContainerStatus> make) =>
        [.. containers.Select(make)];
}
