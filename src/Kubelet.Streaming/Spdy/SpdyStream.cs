using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>One stream, which its client has opened. It is forgotten once both sides have half-closed it or either has reset it.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without timer or wait handle holds nothing, and its token outlives the stream.")]
internal sealed class SpdyStream : IMultiplexedStream
{
    private readonly SpdyConnection _connection;
    private readonly IReadOnlyDictionary<string, string> _headers;
    private readonly FramedWriter _output;
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource<bool>? _reply;
    private readonly Lock _gate = new();
    private bool _isFinishedHere;
    private bool _isFinishedThere;
    private bool _isReset;

    public SpdyStream(SpdyConnection connection, uint id, IReadOnlyDictionary<string, string> headers, int receiveBufferBytes)
    {
        (_connection, Id, _headers) = (connection, id, headers);
        // A server's consumers pass bytes on; a client's may be anybody's.
        Received = new ReceiveBuffer(receiveBufferBytes, readsInline: !connection.IsClient);
        _output = new FramedWriter(connection.Sender, new SpdyDataFormat(id), OnOutputCompleted);
        _reply = connection.IsClient ? new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    }

    public uint Id { get; }

    /// <summary>Where the connection puts what arrives.</summary>
    public ReceiveBuffer Received { get; }

    /// <summary>Of a stream we opened: true when the server has accepted it, false when it will not. Before that nothing may be written.</summary>
    public Task<bool> Reply => _reply?.Task ?? Task.FromResult(true);

    public PipeReader Input => Received.Reader;

    public PipeWriter Output => _output;

    public CancellationToken Aborted => _aborted.Token;

    public string? Header(string name) =>
        name == StreamHeaders.StreamId ? Id.ToString(CultureInfo.InvariantCulture) : _headers.GetValueOrDefault(name);

    public void Accept()
    {
        if (!_connection.IsClient)
        {
            _connection.Reply(this);
        }
    }

    /// <summary>The server has accepted the stream.</summary>
    public void OnReply() => _reply?.TrySetResult(true);

    public void Reset()
    {
        bool tell;
        lock (_gate)
        {
            if (_isReset)
            {
                return;
            }

            _isReset = true;
            tell = !_isFinishedHere || (_connection.IsClient && !_isFinishedThere);
        }

        // A stream whose half-close a server has sent is over for its client: spdystream says nothing more about it either.
        // A client that leaves has to say so as long as the server sends, or it would send for good.
        if (tell)
        {
            _connection.SendReset(Id, SpdyStatus.Cancel);
        }

        End();
    }

    public void Release()
    {
        lock (_gate)
        {
            _isReset = true;
        }

        End();
    }

    /// <summary>The peer reset the stream, or the connection is gone: reads end, writes fail.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            if (_isReset)
            {
                return;
            }

            _isReset = true;
        }

        // In this order: who sees the end can see at once that it is none.
        _ = _aborted.CancelAsync();
        End();
    }

    /// <summary>Gives up a stream nobody reads; unlike <see cref="Reset"/> its user is told.</summary>
    public void GiveUp()
    {
        _ = _aborted.CancelAsync();
        Reset();
    }

    /// <summary>The peer half-closed the stream.</summary>
    public void FinishThere()
    {
        Received.Complete();
        bool isOver;
        lock (_gate)
        {
            _isFinishedThere = true;
            isOver = _isFinishedHere;
        }

        ForgetIf(isOver);
    }

    private void OnOutputCompleted(Exception? error)
    {
        if (error is not null)
        {
            Reset();
            return;
        }

        bool isOver;
        lock (_gate)
        {
            _isFinishedHere = true;
            isOver = _isFinishedThere;
        }

        ForgetIf(isOver);
    }

    private void ForgetIf(bool isOver)
    {
        if (isOver)
        {
            _connection.Forget(this);
        }
    }

    private void End()
    {
        _reply?.TrySetResult(false);
        _output.End();
        Received.Complete();
        _connection.Forget(this);
    }
}
