namespace VirtualKubelet.Shim.Protocol;

/// <summary>Where one container stands; exactly one of waiting, running and terminated is present.</summary>
public sealed record ContainerState
{
    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>How often the container was started again; its current log is <c>logs/&lt;name&gt;/&lt;restartCount&gt;.log</c>.</summary>
    public int RestartCount { get; init; }

    /// <summary>Not started yet, or between two runs.</summary>
    public ContainerWaiting? Waiting { get; init; }

    /// <summary>Started and not ended.</summary>
    public ContainerRunning? Running { get; init; }

    /// <summary>Ended and not to be started again.</summary>
    public ContainerTerminated? Terminated { get; init; }

    /// <summary>How the run before this one ended.</summary>
    public ContainerTerminated? LastTerminated { get; init; }
}
