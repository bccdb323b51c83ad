using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>How the containers of a pod ended that has been stopped (kubelet <c>status_manager.TerminatePod</c> and <c>getPhase</c>).</summary>
internal static class ContainerEnds
{
    private const int Killed = 137;

    /// <summary>
    /// A status in which nothing runs: Succeeded when all that ran ended well, whatever the restart policy. A container that was last seen
    /// running has an unknown end; one that was never started stays as it is.
    /// </summary>
    public static PodStatus Stop(PodStatus last)
    {
        var init = last.InitContainerStatuses?.Select(Stop).ToList();
        var main = last.ContainerStatuses?.Select(Stop).ToList();
        var all = (init ?? []).Concat(main ?? []).ToList();
        var hasSucceeded = main is { Count: > 0 } && all.All(c => c.State?.Terminated is { ExitCode: 0 });
        return last with
        {
            Phase = hasSucceeded ? PodPhases.Succeeded : PodPhases.Failed,
            InitContainerStatuses = init,
            ContainerStatuses = main,
        };
    }

    private static ContainerStatus Stop(ContainerStatus status) => status switch
    {
        { State.Terminated: not null } => status,
        { State.Running: { } running } => Ended(status, Unknown(status, running.StartedAt)),

        // Between two runs, for instance in CrashLoopBackOff: the run before was the last.
        { LastState.Terminated: { } last } => Ended(status, last) with { LastState = null },
        _ => status,
    };

    private static ContainerStatus Ended(ContainerStatus status, ContainerStateTerminated end) =>
        status with { State = new ContainerState { Terminated = end }, Ready = false, Started = false };

    private static ContainerStateTerminated Unknown(ContainerStatus status, DateTimeOffset? startedAt) => new()
    {
        ExitCode = Killed,
        Reason = "ContainerStatusUnknown",
        Message = "The container could not be located when the pod was terminated",
        StartedAt = startedAt,
        ContainerID = status.ContainerID,
    };
}
