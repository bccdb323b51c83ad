using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>Slices of one byte stream as binary messages.</summary>
/// <param name="frames">Frames the messages.</param>
internal sealed class BinaryMessageFormat(WebSocketFrameWriter frames) : IFrameFormat
{
    public int HeadRoom => WebSocketFrameWriter.MaxHeaderBytes;

    public int PayloadBytes => (64 * 1024) - HeadRoom;

    public ReadOnlyMemory<byte> End => default;

    public int BufferBytes(int payloadBytes) => HeadRoom + payloadBytes;

    public ReadOnlyMemory<byte> Frame(byte[] buffer, int payloadBytes) => frames.Frame(buffer, payloadBytes, WebSocketOpcode.Binary);
}
