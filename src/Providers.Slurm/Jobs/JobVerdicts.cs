using System.Globalization;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>The table of what an ended job means for its pod. No row ends in success: that needs the shim's exit codes.</summary>
internal static class JobVerdicts
{
    /// <summary>Exit code for a container nobody saw end (a kubelet's <c>ContainerStatusUnknown</c>).</summary>
    private const int Killed = 137;

    private const string Unknown = "ContainerStatusUnknown";

    /// <summary>The verdict on an ended or lost job; null when the shim's exit codes decide.</summary>
    public static JobVerdict? Of(JobObservation seen)
    {
        if (seen.Shim?.Reason == PodStopReasons.DeadlineExceeded)
        {
            return DeadlineExceeded(seen);
        }

        return seen.Job?.State switch
        {
            SlurmJobState.OutOfMemory => OutOfMemory(seen),
            SlurmJobState.Failed or SlurmJobState.Cancelled when seen.MemoryComplaint is not null => OutOfMemory(seen),
            SlurmJobState.Timeout or SlurmJobState.Deadline => DeadlineExceeded(seen),
            SlurmJobState.NodeFail => new("NodeFailed", $"{Job(seen)}: a node of it failed{On(seen)}", Unknown, Killed),
            SlurmJobState.Preempted => new("Preempted", $"{Job(seen)} was preempted", Unknown, Killed),
            SlurmJobState.Cancelled or SlurmJobState.Revoked => Cancelled(seen),
            SlurmJobState.Failed or SlurmJobState.BootFail or SlurmJobState.LaunchFailed or SlurmJobState.ReconfigFail =>
                seen.ShimIsComplete ? null : Failed(seen),
            _ => seen.ShimIsComplete ? null : Lost(seen),
        };
    }

    private static JobVerdict OutOfMemory(JobObservation seen) => new(
        "OOMKilled",
        $"{Job(seen)} used more memory than it was given; raise the containers' memory request{(seen.MemoryComplaint is { } words ? $" ({words})" : "")}",
        "OOMKilled",
        Killed);

    // A kubelet's wording: controllers and people look for it.
    private static JobVerdict DeadlineExceeded(JobObservation seen) => new(
        "DeadlineExceeded",
        seen.Job?.State is SlurmJobState.Timeout or SlurmJobState.Deadline
            ? $"Pod was active on the node longer than the specified deadline: {Job(seen)} reached its time limit"
            : "Pod was active on the node longer than the specified deadline",
        "DeadlineExceeded",
        Killed);

    // Our own delete cancels as well; then nobody needs to be told who it was.
    private static JobVerdict? Cancelled(JobObservation seen)
    {
        if (seen.Record.DeleteRequestedAt is not null)
        {
            return seen.ShimIsComplete ? null : new("Terminated", "the pod was deleted", Unknown, Killed);
        }

        var who = seen.Job?.CancelledBy is { } by ? $" by {by}" : "";
        return new("SlurmJobCancelled", $"{Job(seen)} was cancelled{who}", Unknown, Killed);
    }

    private static JobVerdict Failed(JobObservation seen)
    {
        var job = seen.Job!;
        var how = job.Signal is { } signal ? $"signal {signal}" : $"exit code {(job.ExitCode ?? 1).ToString(CultureInfo.InvariantCulture)}";
        var code = job.Signal is { } number ? 128 + number : job.ExitCode is > 0 and var exit ? exit : 1;
        return new(
            "SlurmJobFailed",
            $"{Job(seen)} ended with {how} ({job.StateWord}{(job.Reason is { } reason ? $", {reason}" : "")}) before its containers did; see its job.out",
            "Error",
            code);
    }

    private static JobVerdict Lost(JobObservation seen) => new(
        "SlurmJobLost",
        seen.Job is { } job
            ? $"{Job(seen)} is {job.StateWord}, but there is no proof of how its containers ended"
            : $"{Job(seen)} is gone from Slurm, and there is no proof of how its containers ended",
        Unknown,
        Killed);

    private static string Job(JobObservation seen) => $"Slurm job {seen.JobId ?? "(unknown)"}";

    private static string On(JobObservation seen) => seen.Job?.Nodes is { } nodes ? $" ({nodes})" : "";
}
