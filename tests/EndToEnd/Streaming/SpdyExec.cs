using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>Exec as client-go does it.</summary>
internal sealed class SpdyExec : RawExec
{
    private readonly Wire _wire;
    private readonly SpdyClient _client;
    private uint _error;
    private uint _stdin;
    private uint _stdout;
    private bool _hasEnded;

    private SpdyExec(Wire wire) => (_wire, _client) = (wire, new SpdyClient(wire.Stream));

    public static async Task<SpdyExec> OpenAsync(Agent agent, string path)
    {
        var exec = new SpdyExec(await Wire.SpdyAsync(agent, path, "v4.channel.k8s.io"));
        exec._error = await exec._client.OpenAsync("error");
        exec._stdin = await exec._client.OpenAsync("stdin");
        exec._stdout = await exec._client.OpenAsync("stdout");
        return exec;
    }

    public override Task SendAsync(byte[] bytes) => _client.SendAsync(SpdyBytes.Data(_stdin, bytes));

    public override Task EndInputAsync() => _client.SendAsync(SpdyBytes.Data(_stdin, [], isFin: true));

    public override async Task<byte[]?> ReceiveAsync()
    {
        while (!_hasEnded && await _client.ReadAsync() is { } frame)
        {
            // 100 MiB are not to be kept.
            _client.Received.Clear();
            Note(frame);
            if (frame.Type == ClientFrame.Data && frame.StreamId == _stdout)
            {
                _hasEnded = frame.IsFin;
                if (frame.Payload.Length > 0)
                {
                    return frame.Payload;
                }
            }
        }

        return null;
    }

    public override async Task EndAsync()
    {
        while (await _client.ReadAsync() is { } frame)
        {
            Note(frame);
        }
    }

    public override void Abort() => _wire.Abort();

    public override void Dispose() => _wire.Dispose();

    private void Note(ClientFrame frame)
    {
        if (frame.Type == ClientFrame.Data && frame.StreamId == _error)
        {
            Error.AddRange(frame.Payload);
            IsErrorEnded |= frame.IsFin;
        }
    }
}
