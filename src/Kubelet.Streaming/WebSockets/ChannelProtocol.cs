namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>How channels travel in WebSocket messages.</summary>
/// <param name="IsBase64">Whether messages are text: the channel as a character from '0' on, the payload in base64.</param>
/// <param name="HighestClosable">The highest channel that the message <c>[255, channel]</c> may half-close; null when that signal does not exist.</param>
internal sealed record ChannelProtocol(bool IsBase64, byte? HighestClosable)
{
    /// <summary>The channel number of the half-close signal.</summary>
    public const byte CloseSignal = 255;

    /// <summary>The channel of a message's first byte; numbers nobody uses for what is no channel at all.</summary>
    public byte ChannelOf(byte first) => IsBase64 ? (byte)(first - '0') : first;

    /// <summary>The first byte of a channel's messages.</summary>
    public byte FirstByteOf(byte channel) => IsBase64 ? (byte)(channel + '0') : channel;
}
