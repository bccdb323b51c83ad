using System.Buffers.Binary;
using System.Text;

namespace VirtualKubelet.Testing.Streaming;

/// <summary>A client that speaks SPDY frame by frame, and notes everything it receives.</summary>
public sealed class SpdyClient(Stream stream)
{
    private readonly CancellationToken _deadline = StreamDeadline.Token();
    private uint _nextId = 1;
    private bool _hasOpened;

    /// <summary>All frames received so far.</summary>
    public List<ClientFrame> Received { get; } = [];

    public async Task SendAsync(params byte[][] frames) => await stream.WriteAsync(frames is [var one] ? one : [.. frames.SelectMany(f => f)], _deadline);

    /// <summary>The frame that opens the next stream.</summary>
    public (uint Id, byte[] Frame) Open(params (string, string)[] headers)
    {
        var id = _nextId;
        _nextId += 2;
        var frame = SpdyBytes.SynStream(id, SpdyBytes.Block(!_hasOpened, headers));
        _hasOpened = true;
        return (id, frame);
    }

    /// <summary>Opens a stream by type and waits for the reply, as client-go does.</summary>
    public async Task<uint> OpenAsync(string type, params (string, string)[] more)
    {
        var (id, frame) = Open([("streamtype", type), .. more]);
        await SendAsync(frame);
        await ReadUntilAsync(f => f.Type == ClientFrame.SynReply && f.StreamId == id);
        return id;
    }

    /// <summary>Opens one forwarded connection.</summary>
    public async Task<(uint Error, uint Data)> OpenPairAsync(int port, string requestId)
    {
        (string, string)[] headers = [("port", $"{port}"), ("requestid", requestId)];
        var error = await OpenAsync("error", headers);
        await SendAsync(SpdyBytes.Data(error, [], isFin: true));
        return (error, await OpenAsync("data", headers));
    }

    /// <summary>The next frame, or null at the end of the connection.</summary>
    public async Task<ClientFrame?> ReadAsync()
    {
        var header = new byte[8];
        try
        {
            if (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, _deadline) < header.Length)
            {
                return null;
            }
        }
        catch (IOException)
        {
            return null;
        }

        var (first, second) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)));
        var payload = new byte[second & 0xFF_FFFF];
        await stream.ReadExactlyAsync(payload, _deadline);
        var isControl = (first & 0x8000_0000) != 0;
        var frame = isControl
            ? new ClientFrame((int)(first & 0xFFFF), BinaryPrimitives.ReadUInt32BigEndian(payload), (byte)(second >> 24), payload)
            : new ClientFrame(ClientFrame.Data, first, (byte)(second >> 24), payload);
        Received.Add(frame);
        return frame;
    }

    public async Task<ClientFrame> ReadUntilAsync(Func<ClientFrame, bool> isWanted)
    {
        while (await ReadAsync() is { } frame)
        {
            if (isWanted(frame))
            {
                return frame;
            }
        }

        throw new EndOfStreamException("The connection ended before the frame came: " + string.Join(", ", Received.Select(f => $"{f.Type}/{f.StreamId}")));
    }

    /// <summary>Reads until the server closes the connection.</summary>
    public async Task ReadToEndAsync()
    {
        while (await ReadAsync() is not null)
        {
        }
    }

    /// <summary>Reads until a stream's half-close.</summary>
    public Task<ClientFrame> ReadToFinAsync(uint id) => ReadUntilAsync(f => f.Type == ClientFrame.Data && f.StreamId == id && f.IsFin);

    /// <summary>What has been received on a stream.</summary>
    public byte[] BytesOf(uint id) => [.. Received.Where(f => f.Type == ClientFrame.Data && f.StreamId == id).SelectMany(f => f.Payload)];

    public string TextOf(uint id) => Encoding.UTF8.GetString(BytesOf(id));

    public bool HasFin(uint id) => Received.Any(f => f.Type == ClientFrame.Data && f.StreamId == id && f.IsFin);

    public bool HasReset(uint id) => Received.Any(f => f.Type == ClientFrame.RstStream && f.StreamId == id);

    public void Disconnect() => stream.Dispose();
}
