using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>
/// One WebSocket after its handshake, on the raw connection. The framework's WebSocket would do but for one thing: while a send waits for the peer it answers no ping and
/// then reads nothing either, so that a resize or a half-close would not get through. Messages are passed on piece by piece and never held.
/// </summary>
internal sealed class WebSocketConnection : IFrameReceiver, IAsyncDisposable
{
    private readonly FrameTransport _transport;
    private readonly StreamingOptions _options;
    private readonly bool _isClient;
    private readonly WebSocketKeepAlive? _keepAlive;
    private IMessageReceiver _receiver = null!;
    private WebSocketFrameHeader _frame;
    private long _frameLeft;
    private long _messageLength;
    private uint _mask;
    private bool _isInFrame;
    private bool _isInMessage;
    private bool _isText;
    private bool _isFirstPart;
    private bool _isClosed;
    private volatile bool _isPassingOn;

    /// <param name="stream">The raw connection after the 101; owned from now on.</param>
    /// <param name="isClient">Which of the two sides we are.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    public WebSocketConnection(Stream stream, bool isClient, StreamingOptions options, TimeProvider time)
    {
        (_isClient, _options) = (isClient, options);
        Frames = new WebSocketFrameWriter(isClient);
        _transport = new FrameTransport(stream, options, time, readsOn: isClient, isClosedByPeer: isClient);
        _keepAlive = options.KeepAliveInterval == Timeout.InfiniteTimeSpan ? null : new WebSocketKeepAlive(this, options, time);
    }

    public FrameSender Sender => _transport.Sender;

    public WebSocketFrameWriter Frames { get; }

    /// <summary>Cancelled when the connection is of no more use.</summary>
    public CancellationToken PeerGone => _transport.Gone;

    /// <summary>Whether received data wait for their consumer, so that nothing is read.</summary>
    public bool IsHeldUp => _isPassingOn;

    /// <summary>The code of the peer's close frame, 1005 when it had none; null before it has come.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>Why reading ended, when it was not with a close frame.</summary>
    public Exception? Failure => _transport.Failure;

    /// <summary>Starts reading.</summary>
    public void Start(IMessageReceiver receiver)
    {
        _receiver = receiver;
        _keepAlive?.Start();
        _transport.Start(this);
    }

    /// <summary>Gives the peer up.</summary>
    public void GiveUp(Exception why) => _transport.GiveUp(why);

    /// <summary>Asks whether the peer is there: one that has left resets the connection.</summary>
    public void Probe()
    {
        Sender.Post(Frames.Frame(WebSocketOpcode.Ping, default));
        Sender.Kick();
    }

    /// <summary>Sends a close frame and waits for the peer's, or for the linger time.</summary>
    public Task CloseAsync(int code, CancellationToken cancellationToken) => _transport.CloseAsync(Frames.Close(code), cancellationToken);

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    // It is the server who closes the TCP connection (RFC 6455, section 7.1.1); two who wait for each other would linger for nothing.
    bool IFrameReceiver.IsOver => _isClosed && !_isClient;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<SequencePosition> IFrameReceiver.ReceiveAsync(ReadOnlySequence<byte> input, CancellationToken cancellationToken)
    {
        _keepAlive?.Heard();
        while (!_isClosed)
        {
            if (!_isInFrame && !TryStartFrame(ref input))
            {
                return input.Start;
            }

            if (_frame.IsControl)
            {
                if (input.Length < _frameLeft)
                {
                    return input.Start;
                }

                HandleControl(Take(ref input, _frameLeft));
                _isInFrame = false;
            }
            else if (_frameLeft > 0 && input.IsEmpty)
            {
                return input.Start;
            }
            else
            {
                _isPassingOn = true;
                await PassOnAsync(Take(ref input, Math.Min(_frameLeft, input.Length)), cancellationToken);
                _isPassingOn = false;
            }
        }

        return input.End;
    }

    ReadOnlyMemory<byte> IFrameReceiver.Farewell(ProtocolException error) => Frames.Close(error.Code);

    void IFrameReceiver.Ended()
    {
        _keepAlive?.Dispose();
        _receiver.Ended();
    }

    Task IFrameReceiver.CloseIdleAsync(CancellationToken cancellationToken) => CloseAsync(WebSocketCloseCode.Normal, cancellationToken);

    private bool TryStartFrame(ref ReadOnlySequence<byte> input)
    {
        if (!WebSocketFrameReader.TryReadHeader(ref input, out _frame))
        {
            return false;
        }

        if (_frame.Mask.HasValue == _isClient)
        {
            throw Error("A client's WebSocket frames are masked and a server's are not.");
        }

        (_isInFrame, _frameLeft, _mask) = (true, _frame.Length, _frame.Mask ?? 0);
        if (!_frame.IsControl)
        {
            StartData();
        }

        return true;
    }

    private void StartData()
    {
        if ((_frame.Opcode == WebSocketOpcode.Continuation) != _isInMessage)
        {
            throw Error("A WebSocket message continues another or none.");
        }

        if (!_isInMessage)
        {
            (_isInMessage, _isFirstPart, _messageLength) = (true, true, 0);
            _isText = _frame.Opcode == WebSocketOpcode.Text;
        }

        // Written so that it cannot overflow.
        if (_frame.Length > _options.MaxMessageBytes - _messageLength)
        {
            throw new ProtocolException($"A WebSocket message is longer than {_options.MaxMessageBytes} bytes.", WebSocketCloseCode.MessageTooBig);
        }

        _messageLength += _frame.Length;
        _transport.Touch();
    }

    private ReadOnlySequence<byte> Take(ref ReadOnlySequence<byte> input, long count)
    {
        var taken = input.Slice(0, count);
        input = input.Slice(taken.End);
        _frameLeft -= count;
        if (_mask != 0)
        {
            foreach (var segment in taken)
            {
                // The read buffer is ours alone and these bytes are never looked at again.
                _mask = WebSocketMask.Apply(MemoryMarshal.AsMemory(segment).Span, _mask);
            }
        }

        return taken;
    }

    private ValueTask PassOnAsync(ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        var endsFrame = _frameLeft == 0;
        var part = new MessagePart(data, _isFirstPart, endsFrame && _frame.IsFinal, _isText);
        _isFirstPart = false;
        _isInFrame = !endsFrame;
        _isInMessage = !part.IsLast;
        return _receiver.ReceiveAsync(part, cancellationToken);
    }

    private void HandleControl(ReadOnlySequence<byte> payload)
    {
        switch (_frame.Opcode)
        {
            case WebSocketOpcode.Ping:
                Sender.Post(Frames.Frame(WebSocketOpcode.Pong, payload.ToArray()));
                break;
            case WebSocketOpcode.Pong:
                _keepAlive?.Answered();
                break;
            case WebSocketOpcode.Close:
                CloseCode = CodeOf(payload);
                Sender.Post(Frames.Frame(WebSocketOpcode.Close, payload.Slice(0, Math.Min(payload.Length, 2)).ToArray()), isLast: true);
                Sender.Kick();
                _isClosed = true;
                _transport.PeerLeft();
                _receiver.Ended();
                break;
            default:
                break;
        }
    }

    private static int CodeOf(in ReadOnlySequence<byte> payload)
    {
        Span<byte> code = stackalloc byte[sizeof(ushort)];
        if (payload.Length < code.Length)
        {
            return WebSocketCloseCode.None;
        }

        payload.Slice(0, code.Length).CopyTo(code);
        return BinaryPrimitives.ReadUInt16BigEndian(code);
    }

    private static ProtocolException Error(string message) => new(message, WebSocketCloseCode.ProtocolError);
}
