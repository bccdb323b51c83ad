using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace VirtualKubelet.Kubelet.Streaming.Transport;

/// <summary>
/// The sending side of one stream. The producer writes into pooled buffers with room for the frame header, so that a byte is copied once;
/// a flush hands the frames to the <see cref="FrameSender"/> and waits for the transport. Nothing is allocated per frame, and an idle stream holds no buffer.
/// As with any pipe, a cancelled flush stops the waiting, not the sending.
/// </summary>
internal sealed class FramedWriter : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int MaxPieceBytes = 1 << 20;

    private readonly FrameSender _sender;
    private readonly IFrameFormat _format;
    private readonly Action<Exception?> _completed;
    private readonly Action _resume;
    private readonly Lock _gate = new();
    private readonly Queue<Piece> _queue = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ManualResetValueTaskSourceCore<FlushResult> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private ValueTaskAwaiter<bool> _sending;
    private Piece _inFlight;
    private byte[]? _buffer;
    private int _capacity;
    private int _length;
    private bool _pumping;
    private bool _waiting;
    private bool _cancelNext;
    private bool _ended;
    private bool _isCompleted;

    /// <param name="sender">Where frames go.</param>
    /// <param name="format">How they look.</param>
    /// <param name="completed">Called once: with null when the half-close was sent, or with the producer's error instead of it.</param>
    public FramedWriter(FrameSender sender, IFrameFormat format, Action<Exception?> completed)
    {
        (_sender, _format, _completed) = (sender, format, completed);
        _resume = Resume;
    }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _length;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_format.HeadRoom + _length, _capacity - _length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _capacity - _length);
        _length += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        lock (_gate)
        {
            if (_cancelNext)
            {
                _cancelNext = false;
                return new ValueTask<FlushResult>(new FlushResult(isCanceled: true, isCompleted: _ended));
            }

            Commit();
        }

        Pump();
        lock (_gate)
        {
            if (!_pumping || _ended)
            {
                return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: _ended));
            }

            _core.Reset();
            _waiting = true;
        }

        _cancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((FramedWriter)state!).StopWaiting(new OperationCanceledException(token)), this);
        return new ValueTask<FlushResult>(this, _core.Version);
    }

    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                _cancelNext = true;
                return;
            }

            _waiting = false;
        }

        _core.SetResult(new FlushResult(isCanceled: true, isCompleted: false));
    }

    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            if (_isCompleted)
            {
                return;
            }

            _isCompleted = true;
            if (exception is null)
            {
                Commit();
                if (!_ended)
                {
                    _queue.Enqueue(new Piece(null, _format.End));
                }
            }
            else
            {
                Drop();
            }
        }

        if (exception is not null)
        {
            _completed(exception);
            End();
            return;
        }

        Pump();
    }

    /// <summary>As <see cref="Complete"/>, and waits until the half-close is on the wire or nobody is there to see it.</summary>
    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        return new ValueTask(_finished.Task);
    }

    /// <summary>Nobody will read any more: drops what waits and answers every flush with <c>IsCompleted</c>.</summary>
    public void End()
    {
        bool wake;
        lock (_gate)
        {
            _ended = true;
            while (_queue.TryDequeue(out var piece))
            {
                piece.Return();
            }

            wake = _waiting;
            _waiting = false;
        }

        _finished.TrySetResult();
        if (wake)
        {
            _core.SetResult(new FlushResult(isCanceled: false, isCompleted: true));
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _cancellation.Dispose();
        return _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeHint, MaxPieceBytes);
        if (_isCompleted)
        {
            throw new InvalidOperationException("The stream's output is completed.");
        }

        if (_buffer is not null && _capacity - _length < Math.Max(sizeHint, 1))
        {
            lock (_gate)
            {
                Commit();
            }
        }

        if (_buffer is null)
        {
            _capacity = Math.Max(sizeHint, _format.PayloadBytes);
            _buffer = ArrayPool<byte>.Shared.Rent(_format.BufferBytes(_capacity));
        }
    }

    private void Commit()
    {
        if (_buffer is null || _length == 0 || _ended)
        {
            Drop();
            return;
        }

        _queue.Enqueue(new Piece(_buffer, _format.Frame(_buffer, _length)));
        (_buffer, _length, _capacity) = (null, 0, 0);
    }

    private void Drop()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _length, _capacity) = (null, 0, 0);
    }

    /// <summary>Sends piece by piece; goes on in <see cref="Resume"/> when the transport makes it wait.</summary>
    private void Pump()
    {
        lock (_gate)
        {
            if (_pumping || _queue.Count == 0)
            {
                return;
            }

            _pumping = true;
        }

        SendQueue();
    }

    [SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "The awaiter is taken once, and asked once it has completed.")]
    private void SendQueue()
    {
        while (TryTake())
        {
            var send = _inFlight.Frame.IsEmpty ? new ValueTask<bool>(true) : _sender.SendAsync(_inFlight.Frame);
            _sending = send.GetAwaiter();
            if (!_sending.IsCompleted)
            {
                _sending.UnsafeOnCompleted(_resume);
                return;
            }

            Sent();
        }
    }

    private void Resume()
    {
        Sent();
        SendQueue();
    }

    private void Sent()
    {
        var (isSent, piece) = (_sending.GetResult(), _inFlight);
        (_sending, _inFlight) = (default, default);
        piece.Return();
        if (!isSent)
        {
            End();
        }
        else if (piece.IsEnd)
        {
            _completed(null);
            _finished.TrySetResult();
        }
    }

    private bool TryTake()
    {
        bool wake, ended;
        lock (_gate)
        {
            if (_queue.TryDequeue(out _inFlight))
            {
                return true;
            }

            (wake, ended) = (_waiting, _ended);
            (_pumping, _waiting) = (false, false);
        }

        if (wake)
        {
            _core.SetResult(new FlushResult(isCanceled: false, isCompleted: ended));
        }

        return false;
    }

    private void StopWaiting(Exception error)
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                return;
            }

            _waiting = false;
        }

        _core.SetException(error);
    }

    private readonly record struct Piece(byte[]? Buffer, ReadOnlyMemory<byte> Frame)
    {
        public bool IsEnd => Buffer is null;

        public void Return()
        {
            if (Buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(Buffer);
            }
        }
    }
}
