using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>Exec as a WebSocket client of version 5 does it, with the framework's WebSocket.</summary>
internal sealed class WebSocketExec : RawExec
{
    private const byte StdinChannel = 0;
    private const byte StdoutChannel = 1;
    private const byte StatusChannel = 3;
    private const byte CloseSignal = 255;

    private readonly Wire _wire;
    private readonly WsClient _client;

    private WebSocketExec(Wire wire) => (_wire, _client) = (wire, new WsClient(wire.Stream));

    public static async Task<WebSocketExec> OpenAsync(Agent agent, string path) => new(await Wire.WebSocketAsync(agent, path, "v5.channel.k8s.io"));

    public override Task SendAsync(byte[] bytes) => _client.SendAsync([StdinChannel, .. bytes]);

    public override Task EndInputAsync() => _client.SendAsync(CloseSignal, StdinChannel);

    public override async Task<byte[]?> ReceiveAsync()
    {
        while (await _client.ReceiveAsync() is { } received)
        {
            switch (received.Message)
            {
                case [StdoutChannel, _, ..]:
                    return received.Message[1..];
                case [StatusChannel, ..]:
                    Error.AddRange(received.Message[1..]);
                    return null;
            }
        }

        return null;
    }

    public override async Task EndAsync()
    {
        while (await _client.ReceiveAsync() is { } received)
        {
            if (received.Message is [StatusChannel, ..])
            {
                Error.AddRange(received.Message[1..]);
            }
        }

        IsErrorEnded = _client.CloseCode is not null;
    }

    public override void Abort() => _wire.Abort();

    public override void Dispose()
    {
        _client.Dispose();
        _wire.Dispose();
    }
}
