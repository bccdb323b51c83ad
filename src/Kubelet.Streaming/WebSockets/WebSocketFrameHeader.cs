namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>What stands in front of a payload.</summary>
/// <param name="Opcode">The frame's type.</param>
/// <param name="IsFinal">Whether the message ends with this frame.</param>
/// <param name="Length">Payload bytes.</param>
/// <param name="Mask">The masking key in wire order, first byte lowest; null when the payload is not masked.</param>
internal readonly record struct WebSocketFrameHeader(WebSocketOpcode Opcode, bool IsFinal, long Length, uint? Mask)
{
    /// <summary>Whether this is a close, ping or pong.</summary>
    public bool IsControl => Opcode >= WebSocketOpcode.Close;
}
