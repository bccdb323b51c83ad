namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>Follows the output of a running container from now on and, where its spec has stdin, writes to it.</summary>
public sealed record AttachMessage
{
    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>Whether <see cref="Lane.Stdin"/> is used.</summary>
    public bool Stdin { get; init; }

    /// <summary>The terminal's first width; 0 is unknown.</summary>
    public ushort Width { get; init; }

    /// <summary>The terminal's first height; 0 is unknown.</summary>
    public ushort Height { get; init; }
}
