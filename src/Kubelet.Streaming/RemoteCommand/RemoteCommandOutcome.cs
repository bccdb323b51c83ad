namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>What a client knows about a command in the end.</summary>
public enum RemoteCommandOutcome
{
    /// <summary>It ended, and its exit code is known. An attach that ended has exit code 0, whatever the container's.</summary>
    Exited,

    /// <summary>The kubelet says that it could not run it, or does not know how it ended.</summary>
    Failed,

    /// <summary>The connection ended without a word about the command, which may even be running still.</summary>
    ConnectionLost,

    /// <summary>What the kubelet said about it makes no sense.</summary>
    ProtocolBroken,
}
