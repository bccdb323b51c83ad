namespace VirtualKubelet.Kubernetes;

/// <summary>A container that ended (core/v1 <c>ContainerStateTerminated</c>).</summary>
public sealed record ContainerStateTerminated
{
    /// <summary>0 to 255; 128 + n after signal n.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal that ended it.</summary>
    public int? Signal { get; init; }

    /// <summary>One CamelCase word, such as <c>Completed</c> or <c>OOMKilled</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The same for people.</summary>
    public string? Message { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary><c>&lt;type&gt;://&lt;id&gt;</c>; absent when no process was ever created.</summary>
    public string? ContainerID { get; init; }
}
