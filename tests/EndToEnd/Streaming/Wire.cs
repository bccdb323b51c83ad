using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>An upgraded connection to an agent, without any client library.</summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket _socket;

    private Wire(Socket socket, SslStream stream) => (_socket, Stream) = (socket, stream);

    /// <summary>The raw bytes behind the 101.</summary>
    public SslStream Stream { get; }

    public static Task<Wire> SpdyAsync(Agent agent, string path, string protocol) => UpgradeAsync(agent, $"POST {path}", UpgradeHeaders.Spdy(protocol));

    public static Task<Wire> WebSocketAsync(Agent agent, string path, string protocol) => UpgradeAsync(agent, $"GET {path}", UpgradeHeaders.WebSocket(protocol));

    /// <summary>Vanishes: no goodbye of any layer, only a TCP reset.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => Stream.Dispose();

    private static async Task<Wire> UpgradeAsync(Agent agent, string requestLine, string headers)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(agent.Server.Host, agent.Server.Port, StreamDeadline.Token());
#pragma warning disable CA5359 // The certificate is checked by other tests; it is self-signed.
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = agent.Server.Host }, StreamDeadline.Token());
        var token = (await File.ReadAllTextAsync(agent.Files.Token)).Trim();
        await stream.WriteAsync(
            Encoding.Latin1.GetBytes($"{requestLine} HTTP/1.1\r\nHost: kubernetes.default:6443\r\nAuthorization: Bearer {token}\r\n{headers}\r\n"), StreamDeadline.Token());
        var answer = await RawResponse.ReadHeadAsync(stream).WaitAsync(StreamDeadline.Token());
        Assert.True(answer.Status == 101, $"{answer.Head}{answer.Body}");
        return new Wire(socket, stream);
    }
}
