using System.Buffers.Text;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>Messages of one channel.</summary>
internal sealed class ChannelFormat : IFrameFormat
{
    private const int BufferSize = 32 * 1024;

    private readonly WebSocketFrameWriter _frames;
    private readonly ChannelProtocol _protocol;
    private readonly byte _first;

    /// <param name="frames">Frames the messages.</param>
    /// <param name="protocol">How channels travel.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="sendsHalfClose">Whether a completed output is signalled: clients do, servers never.</param>
    public ChannelFormat(WebSocketFrameWriter frames, ChannelProtocol protocol, byte channel, bool sendsHalfClose)
    {
        (_frames, _protocol, _first) = (frames, protocol, protocol.FirstByteOf(channel));
        End = sendsHalfClose ? frames.Frame(WebSocketOpcode.Binary, [ChannelProtocol.CloseSignal, channel]) : default;
    }

    public int HeadRoom => WebSocketFrameWriter.MaxHeaderBytes + 1;

    public int PayloadBytes => _protocol.IsBase64 ? (BufferSize - HeadRoom) / 4 * 3 : BufferSize - HeadRoom;

    public ReadOnlyMemory<byte> End { get; }

    public int BufferBytes(int payloadBytes) => HeadRoom + (_protocol.IsBase64 ? Base64.GetMaxEncodedToUtf8Length(payloadBytes) : payloadBytes);

    public ReadOnlyMemory<byte> Frame(byte[] buffer, int payloadBytes)
    {
        buffer[HeadRoom - 1] = _first;
        if (!_protocol.IsBase64)
        {
            return _frames.Frame(buffer, 1 + payloadBytes, WebSocketOpcode.Binary);
        }

        Base64.EncodeToUtf8InPlace(buffer.AsSpan(HeadRoom), payloadBytes, out var encoded);
        return _frames.Frame(buffer, 1 + encoded, WebSocketOpcode.Text);
    }

    /// <summary>A message of its own, possibly empty.</summary>
    public ReadOnlyMemory<byte> Message(ReadOnlySpan<byte> payload)
    {
        var buffer = new byte[BufferBytes(payload.Length)];
        payload.CopyTo(buffer.AsSpan(HeadRoom));
        return Frame(buffer, payload.Length);
    }
}
