namespace VirtualKubelet.Providers;

/// <summary>A command to run in a running container.</summary>
public sealed record ExecRequest
{
    /// <summary>The workload.</summary>
    public required WorkloadId Workload { get; init; }

    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>Program and arguments, passed on as they are; no shell is involved.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Whether the command gets a terminal; its stderr is then part of its stdout.</summary>
    public bool Tty { get; init; }
}
