namespace VirtualKubelet.Providers;

/// <summary>A running container whose own stdin, stdout and stderr are wanted.</summary>
public sealed record AttachRequest
{
    /// <summary>The workload.</summary>
    public required WorkloadId Workload { get; init; }

    /// <summary>The container's name.</summary>
    public required string Container { get; init; }
}
