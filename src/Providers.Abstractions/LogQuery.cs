namespace VirtualKubelet.Providers;

/// <summary>What to read of a container's log; absent never means zero.</summary>
public sealed record LogQuery
{
    /// <summary>The workload.</summary>
    public required WorkloadId Workload { get; init; }

    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>Which run of the container: <c>restartCount</c> as its status gave it.</summary>
    public required int Run { get; init; }

    /// <summary>Go on until the container has ended.</summary>
    public bool Follow { get; init; }

    /// <summary>Prefix each line with its time.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Only records not older than this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only the last so many physical lines, 0 or more.</summary>
    public long? TailLines { get; init; }

    /// <summary>At most so many bytes of output, 1 or more.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>Which of the container's streams.</summary>
    public LogStream Stream { get; init; }
}
