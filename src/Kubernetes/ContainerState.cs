namespace VirtualKubelet.Kubernetes;

/// <summary>State of a container (core/v1 <c>ContainerState</c>); at most one member is present.</summary>
public sealed record ContainerState
{
    /// <summary>Not running yet, or between two runs.</summary>
    public ContainerStateWaiting? Waiting { get; init; }

    /// <summary>Running.</summary>
    public ContainerStateRunning? Running { get; init; }

    /// <summary>Ended.</summary>
    public ContainerStateTerminated? Terminated { get; init; }
}
