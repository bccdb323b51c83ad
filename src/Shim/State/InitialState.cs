using System.Text.Json;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.State;

/// <summary>The state a shim starts from: nothing has run, or, after a requeue, what the shim before it left behind.</summary>
internal static class InitialState
{
    /// <summary>What an earlier shim of the same job wrote about this pod, or null.</summary>
    /// <exception cref="ShimException">There is something that cannot be read; to begin a new sequence would make the agent take every new state for an old one.</exception>
    public static PodState? ReadPrevious(PodDirectoryLayout layout, PodPlan plan)
    {
        try
        {
            var previous = PodFiles.Read(layout.StateFile, ShimJson.Files.PodState);
            return previous?.Uid == plan.Uid ? previous : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ShimException(ShimExitCodes.Io, $"{layout.StateFile} of an earlier run is not readable: {e.Message}");
        }
    }

    /// <summary>All containers waiting; those that had run before count the coming run as a restart.</summary>
    public static PodState Create(PodPlan plan, JobIdentity job, PodState? previous, DateTimeOffset now)
    {
        var waiting = new ContainerWaiting(plan.InitContainers.Count > 0 ? WaitingReasons.PodInitializing : WaitingReasons.ContainerCreating);
        return new()
        {
            Sequence = previous?.Sequence ?? 0,
            Uid = plan.Uid,
            JobId = job.JobId,
            Node = job.Node,
            StartedAt = now,
            InitContainers = [.. plan.InitContainers.Select(c => Start(c, previous?.InitContainers))],
            Containers = [.. plan.Containers.Select(c => Start(c, previous?.Containers))],
        };

        ContainerState Start(ContainerPlan container, IReadOnlyList<ContainerState>? before)
        {
            var fresh = new ContainerState { Name = container.Name, Waiting = waiting };
            return before?.FirstOrDefault(c => c.Name == container.Name) is { } old ? AfterRequeue(fresh, old, now) : fresh;
        }
    }

    private static ContainerState AfterRequeue(ContainerState fresh, ContainerState old, DateTimeOffset now)
    {
        // Nobody saw how a container ended that was running when its node or shim went away; kubelets say the same then.
        var last = old.Terminated ?? (old.Running is { } running
            ? new ContainerTerminated
            {
                ExitCode = 137,
                Reason = "ContainerStatusUnknown",
                Message = "the job was requeued while the container ran",
                StartedAt = running.StartedAt,
                FinishedAt = now,
            }
            : old.LastTerminated);
        return last is null ? fresh : fresh with { RestartCount = old.RestartCount + 1, LastTerminated = last };
    }
}
