using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>
/// Byte streams as numbered channels of one WebSocket. A message is one channel byte and payload, however it is fragmented.
/// Messages of unknown channels and of channels without input are discarded.
/// </summary>
internal sealed class ChannelMultiplexer : IMultiplexer, IMessageReceiver
{
    private const int SignalBytes = 2;

    private readonly WebSocketConnection _connection;
    private readonly ChannelProtocol _protocol;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private readonly ChannelStream?[] _channels = new ChannelStream?[byte.MaxValue + 1];
    private readonly Queue<ChannelStream> _unaccepted = new();
    private readonly Base64Decoder _decoder = new();
    private readonly ArrayBufferWriter<byte> _decoded = new();
    private readonly byte[] _signal = new byte[SignalBytes];
    private int _signalLength;
    private bool _hasChannel;
    private bool _isSignal;
    private ChannelStream? _target;

    /// <param name="stream">The raw connection after the 101; owned from now on.</param>
    /// <param name="isClient">Which of the two sides we are.</param>
    /// <param name="protocol">How channels travel.</param>
    /// <param name="channels">The channels, in the order of their greetings.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    public ChannelMultiplexer(
        Stream stream, bool isClient, ChannelProtocol protocol, IReadOnlyList<ChannelDefinition> channels, StreamingOptions options, TimeProvider time)
    {
        (_protocol, _options, _time) = (protocol, options, time);
        _connection = new WebSocketConnection(stream, isClient, options, time);
        foreach (var channel in channels)
        {
            var format = new ChannelFormat(_connection.Frames, protocol, channel.Number, isClient && protocol.HighestClosable >= channel.Number);
            var opened = new ChannelStream(channel, _connection.Sender, format, options.ReceiveBufferBytes);
            _channels[channel.Number] = opened;
            _unaccepted.Enqueue(opened);
            if (channel.Greeting is { } greeting)
            {
                _connection.Sender.Post(format.Message(greeting.Span));
            }
        }

        _connection.Start(this);
        _connection.Sender.Kick();
    }

    public CancellationToken PeerGone => _connection.PeerGone;

    public bool HasHalfClose => false;

    /// <summary>How the peer ended the connection, for people; meaningful once its streams have ended.</summary>
    public string Ending => (_connection.CloseCode, _connection.Failure) switch
    {
        ({ } code, _) => $"closed with code {code}",
        (_, { } failure) => failure.Message,
        _ => "closed without a word",
    };

    /// <summary>Whether the peer ended the connection as one does whose work is done.</summary>
    public bool IsClosedNormally => _connection.CloseCode == WebSocketCloseCode.Normal;

    /// <summary>The next channel: all exist from the beginning.</summary>
    public bool TryAccept([NotNullWhen(true)] out IMultiplexedStream? stream)
    {
        stream = _unaccepted.TryDequeue(out var channel) ? channel : null;
        return stream is not null;
    }

    public ValueTask<IMultiplexedStream?> AcceptAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<IMultiplexedStream?>(cancellationToken)
            : new ValueTask<IMultiplexedStream?>(TryAccept(out var stream) ? stream : null);

    public Task CloseAsync(CancellationToken cancellationToken) => _connection.CloseAsync(WebSocketCloseCode.Normal, cancellationToken);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    async ValueTask IMessageReceiver.ReceiveAsync(MessagePart part, CancellationToken cancellationToken)
    {
        if (part.IsFirst)
        {
            (_hasChannel, _isSignal, _target, _signalLength) = (false, false, null, 0);
        }

        var data = part.Data;
        if (!_hasChannel && !data.IsEmpty)
        {
            Choose(data.FirstSpan[0]);
            data = data.Slice(1);
        }

        if (_isSignal)
        {
            Collect(data, part.IsLast);
        }
        else if (_target is { } target)
        {
            await DeliverAsync(target, Decode(data, part.IsLast), cancellationToken);
        }
    }

    void IMessageReceiver.Ended()
    {
        foreach (var channel in _channels)
        {
            channel?.Abort();
        }
    }

    private void Choose(byte first)
    {
        var channel = _protocol.ChannelOf(first);
        _hasChannel = true;
        _isSignal = _protocol.HighestClosable is not null && channel == ChannelProtocol.CloseSignal;
        _target = _isSignal ? null : _channels[channel];
    }

    private ReadOnlySequence<byte> Decode(ReadOnlySequence<byte> data, bool isLast)
    {
        if (!_protocol.IsBase64)
        {
            return data;
        }

        _decoded.ResetWrittenCount();
        _decoder.Decode(data, _decoded);
        if (isLast)
        {
            _decoder.End();
        }

        return new ReadOnlySequence<byte>(_decoded.WrittenMemory);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask DeliverAsync(ChannelStream target, ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        if (target.Received.IsFull)
        {
            _connection.Sender.Kick();
            await Stall.WaitAsync(target.Received, _options.StallTimeout, _time, Probe, cancellationToken);
        }

        target.Received.Write(data);
    }

    /// <summary>A channel cannot be reset alone, so the connection waits; whether the client is still there cannot be seen while nothing is read.</summary>
    private bool Probe()
    {
        _connection.Probe();
        return false;
    }

    private void Collect(ReadOnlySequence<byte> data, bool isLast)
    {
        if (_signalLength + data.Length >= SignalBytes)
        {
            throw Malformed();
        }

        data.CopyTo(_signal.AsSpan(_signalLength));
        _signalLength += (int)data.Length;
        if (!isLast)
        {
            return;
        }

        if (_signalLength == 0 || _signal[0] > _protocol.HighestClosable)
        {
            throw Malformed();
        }

        _channels[_signal[0]]?.Received.Complete();
    }

    private static ProtocolException Malformed() => new("A WebSocket half-close signal is malformed.", WebSocketCloseCode.ProtocolError);
}
