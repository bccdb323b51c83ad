using System.Text;
using System.Text.RegularExpressions;
using VirtualKubelet.Kubelet.Streaming.Upgrades;

namespace VirtualKubelet.Kubelet.Client.Tests.Support;

/// <summary>A kubelet's WebSocket by hand, for what no proper server would send.</summary>
internal static partial class RawFrames
{
    /// <summary>Answers the handshake that is in <see cref="ScriptedKubelet.Request"/>.</summary>
    public static Task AcceptAsync(ScriptedKubelet kubelet, Stream stream, string? protocol = "v5.channel.k8s.io", string? accept = null, string more = "")
    {
        var key = KeyHeader().Match(kubelet.Request).Groups[1].Value;
        var protocolLine = protocol is null ? "" : $"Sec-WebSocket-Protocol: {protocol}\r\n";
        var answer = $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept ?? WebSocketUpgrade.AcceptFor(key)}\r\n{protocolLine}{more}\r\n";
        return stream.WriteAsync(Encoding.ASCII.GetBytes(answer)).AsTask();
    }

    /// <summary>One unmasked frame of at most 65,535 bytes.</summary>
    public static byte[] Frame(int opcode, byte[] payload, bool isFinal = true)
    {
        var first = (byte)((isFinal ? 0x80 : 0) | opcode);
        return payload.Length < 126
            ? [first, (byte)payload.Length, .. payload]
            : [first, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
    }

    public static byte[] Message(byte channel, string text) => Frame(2, [channel, .. Encoding.UTF8.GetBytes(text)]);

    public static byte[] Close(int code) => Frame(8, [(byte)(code >> 8), (byte)code]);

    [GeneratedRegex("^Sec-WebSocket-Key: (.*?)\r$", RegexOptions.Multiline)]
    private static partial Regex KeyHeader();
}
