using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace VirtualKubelet.Kubelet.Streaming.Transport;

/// <summary>
/// Writes whole frames to the one transport of a connection, in turn. Control frames are posted without waiting, so that a reader never
/// depends on a writer, and go out before the next data; whoever posts without end is slowed by <see cref="RelieveAsync"/>.
/// </summary>
/// <param name="transport">Takes the bytes; each write is also a flush.</param>
/// <param name="sent">Called after each send.</param>
/// <param name="failed">Called when the transport has failed.</param>
/// <param name="abort">Ends a write that the peer does not take.</param>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose wait handle is never asked for holds nothing, and late senders may still take their turn.")]
internal sealed class FrameSender(Stream transport, Action sent, Action failed, CancellationToken abort)
{
    private const int MaxPostedBytes = 64 * 1024;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _posted = new();
    private ArrayBufferWriter<byte> _writing = new();
    private long _sentBytes;
    private bool _lastPosted;
    private bool _closed;

    /// <summary>Bytes of the frames sent so far, control frames not counted.</summary>
    public long SentBytes => Volatile.Read(ref _sentBytes);

    /// <summary>Whether somebody is sending, perhaps waiting for the peer.</summary>
    public bool IsBusy => _turn.CurrentCount == 0;

    /// <summary>Adds a control frame. What <paramref name="write"/> does happens in wire order; it is skipped once the last frame is sent.</summary>
    public void Post<TState>(TState state, Action<IBufferWriter<byte>, TState> write)
    {
        lock (_gate)
        {
            if (!_closed && !_lastPosted)
            {
                write(_posted, state);
            }
        }
    }

    /// <summary>Adds a control frame that is ready; after a last one nothing else is sent.</summary>
    public void Post(ReadOnlyMemory<byte> frame, bool isLast = false)
    {
        Post(frame, static (buffer, bytes) => buffer.Write(bytes.Span));
        lock (_gate)
        {
            _lastPosted |= isLast;
        }
    }

    /// <summary>Sends what was posted, unless a sender is at work, who will.</summary>
    public void Kick()
    {
        if (HasPosted() && _turn.Wait(0, CancellationToken.None))
        {
            _ = DrainAsync();
        }
    }

    /// <summary>Waits while more is posted than a well-behaved peer can cause.</summary>
    public ValueTask<bool> RelieveAsync()
    {
        lock (_gate)
        {
            if (_posted.WrittenCount <= MaxPostedBytes)
            {
                return new ValueTask<bool>(true);
            }
        }

        return SendAsync(default);
    }

    /// <summary>Sends posted frames, then this one; false when the connection cannot send any more.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> frame, bool isLast = false)
    {
        if (abort.IsCancellationRequested)
        {
            return false;
        }

        try
        {
            await _turn.WaitAsync(abort);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        try
        {
            return await WriteAsync(frame, isLast);
        }
        finally
        {
            GiveTurn();
        }
    }

    private async Task DrainAsync()
    {
        try
        {
            await WriteAsync(default, isLast: false);
        }
        finally
        {
            GiveTurn();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> frame, bool isLast)
    {
        if (!TakePosted(isLast, out var isOver))
        {
            return false;
        }

        try
        {
            if (_writing.WrittenCount > 0)
            {
                await transport.WriteAsync(_writing.WrittenMemory, abort);
                _writing.ResetWrittenCount();
            }

            if (isOver)
            {
                return false;
            }

            if (!frame.IsEmpty)
            {
                await transport.WriteAsync(frame, abort);
                Volatile.Write(ref _sentBytes, _sentBytes + frame.Length);
                sent();
            }

            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            Close();
            failed();
            return false;
        }
    }

    private bool TakePosted(bool isLast, out bool isOver)
    {
        lock (_gate)
        {
            isOver = _lastPosted;
            if (_closed)
            {
                return false;
            }

            _closed = isLast || isOver;
            (_posted, _writing) = (_writing, _posted);
            return true;
        }
    }

    private void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _posted.ResetWrittenCount();
        }
    }

    private bool HasPosted()
    {
        lock (_gate)
        {
            return !_closed && _posted.WrittenCount > 0;
        }
    }

    private void GiveTurn()
    {
        _turn.Release();
        Kick();
    }
}
