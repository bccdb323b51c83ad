using System.Net.WebSockets;
using System.Text;

namespace VirtualKubelet.Testing.Streaming;

/// <summary>The framework's WebSocket as a client, which knows nothing of our framing.</summary>
public sealed class WsClient(Stream stream) : IDisposable
{
    private readonly WebSocket _socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = TimeSpan.Zero });

    /// <summary>Code of the server's close frame, once it has come.</summary>
    public WebSocketCloseStatus? CloseCode => _socket.CloseStatus;

    public Task SendAsync(params byte[] message) => _socket.SendAsync(message, WebSocketMessageType.Binary, true, StreamDeadline.Token());

    public Task SendTextAsync(string message) => _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, StreamDeadline.Token());

    public async Task SendFragmentsAsync(params byte[][] fragments)
    {
        for (var i = 0; i < fragments.Length; i++)
        {
            await _socket.SendAsync(fragments[i], WebSocketMessageType.Binary, i == fragments.Length - 1, StreamDeadline.Token());
        }
    }

    /// <summary>The next message, or null at the close frame or the end of the connection.</summary>
    public async Task<(bool IsText, byte[] Message)?> ReceiveAsync()
    {
        var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult result;
            try
            {
                result = await _socket.ReceiveAsync(buffer.AsMemory(), StreamDeadline.Token());
            }
            catch (WebSocketException)
            {
                return null;
            }

            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, result.Count);
            if (result.EndOfMessage)
            {
                return (result.MessageType == WebSocketMessageType.Text, message.ToArray());
            }
        }
    }

    /// <summary>Messages until the server's close frame.</summary>
    public async Task<List<(bool IsText, byte[] Message)>> ReceiveAllAsync()
    {
        var all = new List<(bool, byte[])>();
        while (await ReceiveAsync() is { } message)
        {
            all.Add(message);
        }

        return all;
    }

    public Task CloseAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, StreamDeadline.Token());

    public void Dispose()
    {
        _socket.Dispose();
        stream.Dispose();
    }
}
