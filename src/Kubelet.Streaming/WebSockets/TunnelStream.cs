using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>One byte stream in binary messages whose borders mean nothing: a tunnel. A text message breaks it; a close frame is its end.</summary>
internal sealed class TunnelStream : AsyncStream, IMessageReceiver
{
    private readonly WebSocketConnection _connection;
    private readonly ReceiveBuffer _received;
    private readonly Stream _reader;
    private readonly FramedWriter _writer;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;

    /// <param name="stream">The raw connection after the 101; owned from now on.</param>
    /// <param name="isClient">Which of the two sides we are.</param>
    /// <param name="options">Bounds; what travels inside has an idle time of its own.</param>
    /// <param name="time">The clock of every wait.</param>
    public TunnelStream(Stream stream, bool isClient, StreamingOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _connection = new WebSocketConnection(stream, isClient, options, time);
        _received = new ReceiveBuffer(options.ReceiveBufferBytes, readsInline: true);
        _reader = _received.Reader.AsStream();
        _writer = new FramedWriter(_connection.Sender, new BinaryMessageFormat(_connection.Frames), static _ => { });
        _connection.Start(this);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _reader.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var flush = await _writer.WriteAsync(buffer, cancellationToken);
        if (flush.IsCompleted)
        {
            throw new IOException("The WebSocket is closed.");
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Says goodbye with 1000 and closes the connection below.</summary>
    public override async ValueTask DisposeAsync()
    {
        // The user of the tunnel is done reading; what still comes must not hold up the peer's close frame.
        await _reader.DisposeAsync();
        using var bound = new CancellationTokenSource(_options.LingerTimeout, _time);
        try
        {
            await _connection.CloseAsync(WebSocketCloseCode.Normal, bound.Token);
        }
        catch (OperationCanceledException)
        {
            // The peer does not read; the connection is closed all the same.
        }

        await base.DisposeAsync();
    }

    async ValueTask IMessageReceiver.ReceiveAsync(MessagePart part, CancellationToken cancellationToken)
    {
        if (part.IsText)
        {
            throw new ProtocolException("A tunnel carries no text messages.", WebSocketCloseCode.ProtocolError);
        }

        if (_received.IsFull)
        {
            _connection.Sender.Kick();
            await Stall.WaitAsync(_received, _options.StallTimeout, _time, static () => false, cancellationToken);
        }

        _received.Write(part.Data);
    }

    void IMessageReceiver.Ended()
    {
        _received.Complete();
        _writer.End();
    }
}
