namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>One direction of a session with a window of its own; the number is its byte on the wire.</summary>
public enum Lane : byte
{
    /// <summary>Agent to shim: stdin of a process, or towards a dialled port.</summary>
    Stdin = 0,

    /// <summary>Shim to agent: stdout of a process or its terminal, or from a dialled port.</summary>
    Stdout = 1,

    /// <summary>Shim to agent: stderr of a process.</summary>
    Stderr = 2,
}
