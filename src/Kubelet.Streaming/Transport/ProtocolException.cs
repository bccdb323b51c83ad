namespace VirtualKubelet.Kubelet.Streaming.Transport;

/// <summary>The peer sent what its protocol does not allow; the connection is over.</summary>
/// <param name="message">What was wrong.</param>
/// <param name="code">The protocol's own code for it, when a goodbye carries one.</param>
internal sealed class ProtocolException(string message, int code = 0) : Exception(message)
{
    public int Code { get; } = code;
}
