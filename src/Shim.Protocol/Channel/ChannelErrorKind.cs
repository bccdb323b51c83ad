namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>Why a session failed, in the few ways that callers treat differently.</summary>
public enum ChannelErrorKind
{
    /// <summary>There is no such container.</summary>
    NotFound,

    /// <summary>The container is not running.</summary>
    NotRunning,

    /// <summary>The request can never work, such as a command that is not there.</summary>
    Invalid,

    /// <summary>It did not work now, such as a refused connection.</summary>
    Unavailable,
}
