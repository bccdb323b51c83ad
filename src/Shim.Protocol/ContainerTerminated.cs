namespace VirtualKubelet.Shim.Protocol;

/// <summary>How one run of a container ended.</summary>
public sealed record ContainerTerminated
{
    /// <summary>0 to 255; 128 + n after signal n.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal that ended it, absent when it exited by itself.</summary>
    public int? Signal { get; init; }

    /// <summary>A kubelet's word: <c>Completed</c>, <c>Error</c>, <c>OOMKilled</c>, <c>StartError</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>What the shim has to say for people, then the termination message; at most an even share of 12 KiB over all containers of the pod.</summary>
    public string? Message { get; init; }

    /// <summary>When the run started; absent when the process could not be started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the run ended.</summary>
    public required DateTimeOffset FinishedAt { get; init; }
}
