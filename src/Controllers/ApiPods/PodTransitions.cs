using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>
/// Tells as events what happened between the status that the API server had and the one it has now. That makes the API server the memory:
/// after a restart of the agent nothing is told twice.
/// </summary>
internal sealed class PodTransitions(IEventRecorder events)
{
    private const string CrashLoop = "CrashLoopBackOff";

    private static readonly string[] WaitingErrors =
    [
        "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PostStartHookError", "PreCreateHookError", "PreStartHookError",
        "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "RegistryUnavailable",
    ];

    private static readonly string[] StartErrors = ["StartError", "ContainerCannotRun"];

    // What a kubelet's containers wait for, or what has events of its own; every other word is the backend's.
    private static readonly string[] OrdinaryWaits = ["ContainerCreating", "PodInitializing", CrashLoop, .. WaitingErrors];

    /// <summary>Tells the difference.</summary>
    public void Tell(Pod pod, PodStatus? before, PodStatus after)
    {
        foreach (var now in Statuses(after))
        {
            TellContainer(pod, Statuses(before).FirstOrDefault(b => b.Name == now.Name), now);
        }

        TellPending(pod, before, after);
        if (after is { Phase: PodPhases.Failed, Reason: { } reason } && before?.Phase != PodPhases.Failed)
        {
            events.Record(PodReferences.Of(pod), reason == "DeadlineExceeded" ? EventSeverity.Normal : EventSeverity.Warning, reason, after.Message ?? reason);
        }
    }

    private void TellContainer(Pod pod, ContainerStatus? before, ContainerStatus now)
    {
        var about = PodReferences.Of(pod, now.Name);
        if (HasStarted(before, now))
        {
            events.Record(about, EventSeverity.Normal, PodEventReasons.Created, "Container created");
            events.Record(about, EventSeverity.Normal, PodEventReasons.Started, "Container started");
        }

        if (now.State?.Waiting is { Reason: { } reason } waiting && (waiting != before?.State?.Waiting || now.RestartCount > before.RestartCount))
        {
            if (reason == CrashLoop)
            {
                var text = $"Back-off restarting failed container {now.Name} in pod {pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})";
                events.Record(about, EventSeverity.Warning, PodEventReasons.BackOff, text);
            }
            else if (WaitingErrors.Contains(reason))
            {
                events.Record(about, EventSeverity.Warning, PodEventReasons.Failed, $"Error: {waiting.Message ?? reason}");
            }
        }

        if (now.State?.Terminated is { } end && StartErrors.Contains(end.Reason) && before?.State?.Terminated is null)
        {
            events.Record(about, EventSeverity.Warning, PodEventReasons.Failed, $"Error: {end.Message ?? end.Reason}");
        }
    }

    private void TellPending(Pod pod, PodStatus? before, PodStatus after)
    {
        if (Backend(after) is { } waiting && waiting.Reason != Backend(before)?.Reason)
        {
            events.Record(PodReferences.Of(pod), EventSeverity.Normal, PodEventReasons.JobPending, waiting.Message ?? waiting.Reason!);
        }
    }

    private static ContainerStateWaiting? Backend(PodStatus? status) =>
        Statuses(status).Select(s => s.State?.Waiting).FirstOrDefault(w => w?.Reason is { } reason && !OrdinaryWaits.Contains(reason));

    // A container that never was a process has no start time.
    private static bool HasStarted(ContainerStatus? before, ContainerStatus now) =>
        now is { State.Running: not null } or { State.Terminated.StartedAt: not null } or { LastState.Terminated.StartedAt: not null }
        && (before is null || !PodTraces.HasRun(before) || now.RestartCount > before.RestartCount);

    private static IEnumerable<ContainerStatus> Statuses(PodStatus? status) => (status?.InitContainerStatuses ?? []).Concat(status?.ContainerStatuses ?? []);
}
