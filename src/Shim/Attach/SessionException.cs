using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Shim.Attach;

/// <summary>A session cannot be served; the message is meant for whoever asked.</summary>
internal sealed class SessionException(ChannelErrorKind kind, string message) : Exception(message)
{
    /// <summary>What went wrong.</summary>
    public ChannelErrorKind Kind => kind;
}
