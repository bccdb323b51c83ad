using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>
/// One side of a SPDY/3.1 connection as spdystream speaks it: SPDY/3 framing without windows, back-pressure by TCP alone. Only clients open streams.
/// A server writes nothing before the client's first frame: a Go client would lose bytes that arrive together with the 101.
/// </summary>
internal sealed class SpdyConnection : IMultiplexer, IFrameReceiver
{
    private readonly FrameTransport _transport;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private readonly bool _mayGiveUpStreams;
    private readonly HeaderInflater _inflater = new();
    private readonly EmptyHeaderBlocks _emptyBlocks = new();
    private readonly StoredHeaderBlocks _ownBlocks = new();
    private readonly Lock _openGate = new();
    private readonly ConcurrentDictionary<uint, SpdyStream> _streams = new();
    private readonly Channel<SpdyStream> _opened;
    private SpdyStream? _dataStream;
    private int _dataLeft;
    private bool _isInData;
    private bool _isLastData;
    private uint _nextId = 1;
    private uint _nextOwnId = 1;
    private uint _lastGoodId;
    private uint _probeId;
    private bool _hasReceived;

    /// <param name="stream">The raw connection after the 101; owned from now on.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    /// <param name="mayGiveUpStreams">Whether a stream nobody reads is reset rather than left to hold up the others for good.</param>
    /// <param name="isClient">Which of the two sides we are.</param>
    public SpdyConnection(Stream stream, StreamingOptions options, TimeProvider time, bool mayGiveUpStreams, bool isClient = false)
    {
        (_options, _time, _mayGiveUpStreams, IsClient) = (options, time, mayGiveUpStreams, isClient);
        (_hasReceived, _probeId) = (isClient, isClient ? uint.MaxValue : 0);
        _opened = Channel.CreateBounded<SpdyStream>(new BoundedChannelOptions(options.MaxStreams) { SingleWriter = true });
        _transport = new FrameTransport(stream, options, time, readsOn: isClient);
        _transport.Start(this);
    }

    public bool IsClient { get; }

    public CancellationToken PeerGone => _transport.Gone;

    public bool HasHalfClose => true;

    public FrameSender Sender => _transport.Sender;

    /// <summary>Streams open now.</summary>
    public int StreamCount => _streams.Count;

    public async ValueTask<IMultiplexedStream?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _opened.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_opened.Reader.TryRead(out var stream))
            {
                return stream;
            }
        }

        return null;
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        foreach (var stream in _streams.Values)
        {
            stream.GiveUp();
        }

        await _transport.CloseAsync(GoAway(status: 0), cancellationToken);
    }

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    /// <summary>As a client, opens a stream; see <see cref="SpdyStream.Reply"/>.</summary>
    /// <exception cref="IOException">The connection is of no more use, or has as many streams as it may.</exception>
    public SpdyStream Open(params IReadOnlyList<(string Name, string Value)> headers)
    {
        if (PeerGone.IsCancellationRequested || _streams.Count >= _options.MaxStreams)
        {
            throw new IOException(PeerGone.IsCancellationRequested ? "The connection has ended." : $"The connection has {_options.MaxStreams} streams already.");
        }

        SpdyStream stream;
        lock (_openGate)
        {
            // Ids rise in wire order, and the blocks are pieces of one zlib stream.
            stream = new SpdyStream(this, _nextOwnId, headers.ToDictionary(h => h.Name, h => h.Value), _options.ReceiveBufferBytes);
            _nextOwnId += 2;
            _streams[stream.Id] = stream;
            Sender.Post((stream.Id, Block: _ownBlocks.Next(headers)), static (output, syn) => SpdyFrameWriter.SynStream(output, syn.Id, syn.Block));
        }

        Sender.Kick();
        if (PeerGone.IsCancellationRequested)
        {
            // It may have ended in between, too late for its end to find this stream.
            stream.Abort();
        }

        return stream;
    }

    /// <summary>Sends the reply to a SYN_STREAM.</summary>
    public void Reply(SpdyStream stream)
    {
        Sender.Post((_emptyBlocks, stream.Id), static (output, reply) => SpdyFrameWriter.SynReply(output, reply.Id, reply._emptyBlocks.Next()));
        Sender.Kick();
    }

    /// <summary>Sends a reset.</summary>
    public void SendReset(uint streamId, SpdyStatus status)
    {
        Sender.Post((streamId, status), static (output, reset) => SpdyFrameWriter.RstStream(output, reset.streamId, reset.status));
        Sender.Kick();
    }

    /// <summary>Frames for this stream are ignored from now on.</summary>
    public void Forget(SpdyStream stream) => _streams.TryRemove(stream.Id, out _);

    // After its GOAWAY the peer closes the connection itself.
    bool IFrameReceiver.IsOver => false;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<SequencePosition> IFrameReceiver.ReceiveAsync(ReadOnlySequence<byte> input, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_dataLeft > 0)
            {
                if (input.IsEmpty)
                {
                    return input.Start;
                }

                var piece = input.Slice(0, Math.Min(_dataLeft, input.Length));
                await DeliverAsync(_dataStream, piece, cancellationToken);
                input = input.Slice(piece.End);
                _dataLeft -= (int)piece.Length;
            }
            else if (!TryStartFrame(ref input))
            {
                return input.Start;
            }

            FinishData();
        }
    }

    ReadOnlyMemory<byte> IFrameReceiver.Farewell(ProtocolException error) => GoAway(status: 1);

    void IFrameReceiver.Ended()
    {
        _opened.Writer.TryComplete();
        foreach (var stream in _streams.Values)
        {
            stream.Abort();
        }

        _inflater.Dispose();
    }

    Task IFrameReceiver.CloseIdleAsync(CancellationToken cancellationToken) => CloseAsync(cancellationToken);

    private bool TryStartFrame(ref ReadOnlySequence<byte> input)
    {
        if (!SpdyFrameReader.TryRead(ref input, out var frame))
        {
            return false;
        }

        _hasReceived = true;
        _transport.Touch();
        if (frame.Type == SpdyFrameType.Data)
        {
            _dataLeft = frame.Length;
            _dataStream = _streams.GetValueOrDefault(frame.StreamId);
            _isLastData = frame.IsFin;
            _isInData = true;
        }
        else
        {
            HandleControl(frame);
        }

        return true;
    }

    private void FinishData()
    {
        if (!_isInData || _dataLeft > 0)
        {
            return;
        }

        _isInData = false;
        if (_isLastData)
        {
            _dataStream?.FinishThere();
        }

        _dataStream = null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask DeliverAsync(SpdyStream? stream, ReadOnlySequence<byte> piece, CancellationToken cancellationToken)
    {
        if (stream is { Received.IsFull: true })
        {
            await WaitForRoomAsync(stream, cancellationToken);
        }

        stream?.Received.Write(piece);
    }

    private ValueTask WaitForRoomAsync(SpdyStream stream, CancellationToken cancellationToken)
    {
        Sender.Kick();
        stream.Received.TakeProgress();
        return Stall.WaitAsync(stream.Received, _options.StallTimeout, _time, () => OnStalled(stream), cancellationToken);
    }

    /// <summary>A stream has been full for a while: lets it go, or asks whether the client is there at all, whose leaving cannot be seen while nothing is read.</summary>
    private bool OnStalled(SpdyStream stream)
    {
        if (stream.Received.TakeProgress())
        {
            return false;
        }

        if (_mayGiveUpStreams && HasOthers(stream))
        {
            stream.GiveUp();
            return true;
        }

        _probeId += 2;
        Sender.Post(_probeId, static (output, id) => SpdyFrameWriter.Ping(output, id));
        Sender.Kick();
        return false;
    }

    private bool HasOthers(SpdyStream stream) =>
        _streams.Values.Any(other => other != stream && other.Header(StreamHeaders.RequestId) != stream.Header(StreamHeaders.RequestId));

    private void HandleControl(in SpdyFrame frame)
    {
        switch (frame.Type)
        {
            case SpdyFrameType.SynStream:
                Open(frame, _inflater.Read(frame.Payload.Slice(10)));
                break;
            case SpdyFrameType.SynReply:
                _inflater.Read(frame.Payload.Slice(4));
                _streams.GetValueOrDefault(frame.StreamId)?.OnReply();
                if (frame.IsFin)
                {
                    _streams.GetValueOrDefault(frame.StreamId)?.FinishThere();
                }

                break;
            case SpdyFrameType.Headers:
                _inflater.Read(frame.Payload.Slice(4));
                if (frame.IsFin)
                {
                    _streams.GetValueOrDefault(frame.StreamId)?.FinishThere();
                }

                break;
            case SpdyFrameType.RstStream:
                _streams.GetValueOrDefault(frame.StreamId)?.Abort();
                break;
            case SpdyFrameType.Ping:
                Echo(SpdyFrameReader.UInt32At(frame.Payload, 0));
                break;
            case SpdyFrameType.GoAway:
                _transport.PeerLeft();
                break;
            default:
                // SETTINGS and WINDOW_UPDATE: nobody keeps to windows here.
                break;
        }
    }

    private void Open(in SpdyFrame frame, IReadOnlyDictionary<string, string> headers)
    {
        if (IsClient)
        {
            SendReset(frame.StreamId, SpdyStatus.RefusedStream);
            return;
        }

        if (frame.StreamId < _nextId)
        {
            SendReset(frame.StreamId, SpdyStatus.ProtocolError);
            return;
        }

        _nextId = frame.StreamId + 1;
        if (_streams.Count >= _options.MaxStreams)
        {
            SendReset(frame.StreamId, SpdyStatus.RefusedStream);
            return;
        }

        var stream = new SpdyStream(this, frame.StreamId, headers, _options.ReceiveBufferBytes);
        _streams[frame.StreamId] = stream;
        if (frame.IsFin)
        {
            stream.FinishThere();
        }

        if (!_opened.Writer.TryWrite(stream))
        {
            Forget(stream);
            SendReset(frame.StreamId, SpdyStatus.RefusedStream);
            return;
        }

        _lastGoodId = frame.StreamId;
    }

    private void Echo(uint id)
    {
        // A client's pings are odd and a server's even; one of ours is an answer.
        if (id % 2 == (IsClient ? 0 : 1))
        {
            Sender.Post(id, static (output, ping) => SpdyFrameWriter.Ping(output, ping));
        }
    }

    private ReadOnlyMemory<byte> GoAway(uint status)
    {
        if (!_hasReceived)
        {
            return default;
        }

        var output = new ArrayBufferWriter<byte>();
        SpdyFrameWriter.GoAway(output, _lastGoodId, status);
        return output.WrittenMemory;
    }
}
