namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>How a session ended.</summary>
internal enum SessionResult
{
    /// <summary>As it should: the command or container ended, whatever its exit code, or the client of a port-forward had enough.</summary>
    Completed,

    /// <summary>The client left, or was silent for too long, while a command ran.</summary>
    ClientGone,

    /// <summary>The client did not open its streams in time; nothing was run.</summary>
    NotOpened,

    /// <summary>The client was told of a failure.</summary>
    Failed,

    /// <summary>The server stopped.</summary>
    Stopped,
}
