using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>What the shim exits with, so that Slurm's COMPLETED and FAILED agree with the pod.</summary>
internal static class PodOutcome
{
    /// <summary>0 when every container exited 0, else the code of the first that did not, init containers first; <see cref="ShimExitCodes.Stopped"/> when one never ran.</summary>
    public static int ExitCode(PodState state)
    {
        var containers = state.InitContainers.Concat(state.Containers).ToList();
        return containers.FirstOrDefault(c => c.Terminated is { ExitCode: not 0 })?.Terminated?.ExitCode
            ?? (containers.All(c => c.Terminated is not null) ? 0 : ShimExitCodes.Stopped);
    }

    /// <summary>Whether an earlier shim of the same job has already said the pod's last word. A stop that nobody asked for, a preemption say, is none: the job was requeued to go on.</summary>
    public static bool IsFinal(PodState previous, bool stopWanted) =>
        previous.FinishedAt is not null && (previous.Reason != PodStopReasons.Terminated || stopWanted);
}
