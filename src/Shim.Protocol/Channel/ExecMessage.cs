namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>Runs a command in a running container.</summary>
public sealed record ExecMessage
{
    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>Program and arguments, passed on as they are.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Whether the command gets a terminal; stdout then carries all it prints.</summary>
    public bool Tty { get; init; }

    /// <summary>Whether <see cref="Lane.Stdin"/> is used; otherwise the command reads from <c>/dev/null</c>.</summary>
    public bool Stdin { get; init; }

    /// <summary>The terminal's first width; 0 is unknown.</summary>
    public ushort Width { get; init; }

    /// <summary>The terminal's first height; 0 is unknown.</summary>
    public ushort Height { get; init; }
}
