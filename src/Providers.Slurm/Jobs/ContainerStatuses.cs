using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Puts a container's state into Kubernetes' words.</summary>
internal static class ContainerStatuses
{
    /// <summary>The type in every <c>containerID</c>.</summary>
    private const string IdType = "slurm";

    /// <summary>A container that has not started.</summary>
    public static ContainerStatus Waiting(ContainerOutline container, string reason, string? message) =>
        Base(container, restartCount: 0) with { State = new ContainerState { Waiting = new ContainerStateWaiting(reason, message) } };

    /// <summary>A container as the shim reports it.</summary>
    public static ContainerStatus FromShim(ContainerOutline container, Shim.Protocol.ContainerState state, string jobId, bool isInit)
    {
        string Id(int run) => $"{IdType}://{jobId}/{container.Name}/{run}";
        var last = state.LastTerminated is { } ended
            ? new ContainerState { Terminated = Terminated(ended, Id(state.Waiting is null ? state.RestartCount - 1 : state.RestartCount)) }
            : null;
        var wasStarted = state.Running is not null || state.Terminated?.StartedAt is not null;
        return Base(container, state.RestartCount) with
        {
            State = new ContainerState
            {
                Waiting = state.Waiting is { } waiting ? new ContainerStateWaiting(waiting.Reason, waiting.Message) : null,
                Running = state.Running is { } running ? new ContainerStateRunning(running.StartedAt) : null,
                Terminated = state.Terminated is { } terminated
                    ? Terminated(terminated, terminated.StartedAt is null ? null : Id(state.RestartCount))
                    : null,
            },
            LastState = last,
            ContainerID = wasStarted ? Id(state.RestartCount) : last?.Terminated?.ContainerID,
            Started = state.Running is not null,
            Ready = state.Running is not null || (isInit && state.Terminated is { ExitCode: 0 }),
        };
    }

    /// <summary>A container whose job ended before it did.</summary>
    public static ContainerStatus CutOff(ContainerStatus status, JobVerdict verdict, DateTimeOffset? endedAt) => status with
    {
        Ready = false,
        Started = false,
        State = new ContainerState
        {
            Terminated = new ContainerStateTerminated
            {
                ExitCode = verdict.ExitCode,
                Reason = verdict.ContainerReason,

                // What the container left to say is nowhere else; the verdict is also the pod's message.
                Message = status.State?.Terminated?.Message ?? verdict.Message,
                StartedAt = status.State?.Running?.StartedAt ?? status.State?.Terminated?.StartedAt,
                FinishedAt = status.State?.Terminated?.FinishedAt ?? endedAt,
                ContainerID = status.ContainerID,
            },
        },
    };

    private static ContainerStateTerminated Terminated(Shim.Protocol.ContainerTerminated ended, string? id) => new()
    {
        ExitCode = ended.ExitCode,
        Signal = ended.Signal,
        Reason = ended.Reason,
        Message = ended.Message,
        StartedAt = ended.StartedAt,
        FinishedAt = ended.FinishedAt,
        ContainerID = id,
    };

    // The image is not looked up: its name as the pod gives it is all there is to report.
    private static ContainerStatus Base(ContainerOutline container, int restartCount) => new()
    {
        Name = container.Name,
        Image = container.Image,
        ImageID = "",
        Ready = false,
        Started = false,
        RestartCount = restartCount,
    };
}
