using System.Buffers;
using System.IO.Pipelines;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>
/// What goes to a target. A flush sends it as frames straight from the buffer it was written into, and waits while the target takes nothing; what a cancelled flush
/// has not sent goes with the next one. An idle writer holds no buffer.
/// </summary>
internal sealed class ConnectionWriter(OutgoingLane lane) : PipeWriter
{
    private const int MaxBufferBytes = 1 << 20;

    private readonly TaskCompletionSource<Exception?> _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _flush;
    private bool _cancelNext;
    private Task _abandoned = Task.CompletedTask;
    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>Completes when the writer was completed, with the exception if it gave up.</summary>
    public Task<Exception?> Completed => _completed.Task;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _end - _start;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_buffer?.Length ?? 0) - _end);
        _end += bytes;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_completed.Task.IsCompleted)
        {
            throw new InvalidOperationException("The connection's output is completed.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_end);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        using var flush = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!TryBegin(flush))
        {
            return new FlushResult(isCanceled: true, isCompleted: false);
        }

        try
        {
            await SendAsync(flush.Token);
            return new FlushResult(isCanceled: false, isCompleted: false);
        }
        catch (ChannelClosedException)
        {
            Drop();
            return new FlushResult(isCanceled: false, isCompleted: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new FlushResult(isCanceled: true, isCompleted: false);
        }
        finally
        {
            End();
        }
    }

    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            _cancelNext = _flush is null;
            _flush?.Cancel();
        }
    }

    public override void Complete(Exception? exception = null)
    {
        if (!_completed.TrySetResult(exception))
        {
            return;
        }

        if (exception is null)
        {
            _ = FinishAsync();
        }
        else
        {
            Drop();
        }
    }

    private bool TryBegin(CancellationTokenSource flush)
    {
        lock (_gate)
        {
            if (_cancelNext)
            {
                _cancelNext = false;
                return false;
            }

            _flush = flush;
            return true;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _flush = null;
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        while (_start < _end)
        {
            var length = Math.Min(_end - _start, await lane.WaitForRoomAsync(cancellationToken));
            var frame = _buffer.AsMemory(_start - FrameHeader.Size, FrameHeader.Size + length);
            _start += length;
            var sending = lane.SendFrameAsync(frame);
            if (!sending.IsCompletedSuccessfully)
            {
                await WaitAsync(sending.AsTask(), cancellationToken);
            }
        }

        Drop();
    }

    private async Task WaitAsync(Task sending, CancellationToken cancellationToken)
    {
        try
        {
            await sending.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The piece will still be sent, so its buffer is not ours any more.
            _abandoned = sending;
            MoveTo(Rent(_end - _start));
            throw;
        }
    }

    /// <summary>Sends what is left, and the end; ends by itself when nobody is there to take it.</summary>
    private async Task FinishAsync()
    {
        try
        {
            await _abandoned;
            await SendAsync(CancellationToken.None);
            lane.End();
        }
        catch (ChannelClosedException)
        {
            Drop();
        }
    }

    private void Reserve(int bytes)
    {
        if (_buffer is not null && _buffer.Length - _end >= bytes)
        {
            return;
        }

        var unsent = _end - _start;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unsent + bytes, MaxBufferBytes, nameof(bytes));
        var old = _buffer;
        MoveTo(Rent(unsent + bytes));
        Return(old);
    }

    private void MoveTo(byte[] buffer)
    {
        var unsent = _buffer.AsSpan(_start, _end - _start);
        unsent.CopyTo(buffer.AsSpan(FrameHeader.Size));
        (_buffer, _start, _end) = (buffer, FrameHeader.Size, FrameHeader.Size + unsent.Length);
    }

    /// <summary>Before the first byte there is room for the header of its frame, and before the others those that have been sent.</summary>
    private static byte[] Rent(int bytes) => ArrayPool<byte>.Shared.Rent(FrameHeader.Size + Math.Max(bytes, ChannelLimits.MaxData));

    private void Drop()
    {
        Return(_buffer);
        (_buffer, _start, _end) = (null, 0, 0);
    }

    private static void Return(byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
