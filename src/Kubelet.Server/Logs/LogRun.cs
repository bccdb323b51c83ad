using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Kubelet.Server.Logs;

/// <summary>
/// Which run of a container a request means, by the container's status (kubelet <c>validateContainerLogStatus</c>). Runs are
/// numbered by restart count, and the count grows when a container is started again: so a container that waits to be started
/// again still counts the run that ended, while one that runs, or ended anew, counts itself.
/// </summary>
internal static class LogRun
{
    /// <summary>The run's number, or why there is none, for the body of a 400.</summary>
    public static (int Run, string? Fault) Select(Pod pod, string container, bool previous)
    {
        var name = $"container {GoText.Quote(container)} in pod {GoText.Quote(pod.Metadata.Name ?? "")}";
        if (ContainerStatuses.Find(pod, container) is not { } status)
        {
            return (0, $"{name} is not available");
        }

        var last = HasRun(status.LastState?.Terminated) ? LastRun(status) : null;
        return (previous, status.State) switch
        {
            (true, _) => last is { } run ? (run, null) : (0, $"previous terminated {name} not found"),
            (_, { Running: not null }) => (status.RestartCount, null),
            (_, { Terminated: { } ended }) when HasRun(ended) => (status.RestartCount, null),
            (_, { Terminated: not null }) => last is { } run ? (run, null) : (0, $"{name} is terminated"),
            (_, _) when status.LastState?.Terminated is not null => last is { } run ? (run, null) : (0, $"{name} is terminated"),
            (_, { Waiting: { } waiting }) => (0, $"{name} is waiting to start: {Reason(waiting)}"),
            _ => (0, $"{name} is waiting to start - no logs yet"),
        };
    }

    /// <summary>Without an ID no process was ever made, so that there is no log either.</summary>
    private static bool HasRun(ContainerStateTerminated? state) => !string.IsNullOrEmpty(state?.ContainerID);

    private static int? LastRun(ContainerStatus status)
    {
        var startedAnew = status.State is { Running: not null } or { Terminated: not null };
        var run = startedAnew ? status.RestartCount - 1 : status.RestartCount;
        return run >= 0 ? run : null;
    }

    private static string? Reason(ContainerStateWaiting waiting) => waiting.Reason switch
    {
        "ErrImagePull" => "image can't be pulled",
        "ImagePullBackOff" => "trying and failing to pull image",
        var other => other,
    };
}
