namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>What a frame carries; the number is its byte on the wire.</summary>
public enum FrameType : byte
{
    /// <summary>First frame of each side: <see cref="ChannelGreeting"/>.</summary>
    Greeting = 1,

    /// <summary>Last frame of one side on this transport: the next one comes over the connection that was dialled back.</summary>
    Switch = 2,

    /// <summary>Agent to shim: opens a session, <see cref="ExecMessage"/>.</summary>
    Exec = 3,

    /// <summary>Agent to shim: opens a session, <see cref="AttachMessage"/>.</summary>
    Attach = 4,

    /// <summary>Agent to shim: opens a session, <see cref="ConnectMessage"/>.</summary>
    Connect = 5,

    /// <summary>Shim to agent, of a connection only: the target has answered.</summary>
    Opened = 6,

    /// <summary>Shim to agent, last frame of a session and end of its lanes: <see cref="ClosedMessage"/>.</summary>
    Closed = 7,

    /// <summary>Bytes of a lane.</summary>
    Data = 8,

    /// <summary>A lane has ended.</summary>
    End = 9,

    /// <summary>The receiver of a lane has taken bytes: as many more may be sent (32 bits).</summary>
    Credit = 10,

    /// <summary>Agent to shim: the terminal's new size, width then height, 16 bits each.</summary>
    Resize = 11,

    /// <summary>Agent to shim: the session is to end at once; <see cref="Closed"/> still follows.</summary>
    Cancel = 12,
}
