using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

namespace VirtualKubelet.Kubelet.Streaming.Transport;

/// <summary>
/// Received bytes of one stream until its consumer takes them. It takes whatever it is given once, so that the connection need not wait for a stream that
/// has just become full, but whoever writes must not write to a full one: memory is bounded by the limit plus one piece.
/// </summary>
[SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "A pending flush is kept and consumed exactly once, here or through the one task made of it.")]
internal sealed class ReceiveBuffer
{
    private const int SegmentBytes = 1024;
    private const int MaxSegmentBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Pipe _pipe;
    private readonly ObservedReader _reader;
    private ValueTask<FlushResult> _flush;
    private Task<FlushResult>? _room;
    private bool _isFull;
    private bool _isDone;

    /// <param name="limitBytes">Unread bytes at which it is full.</param>
    /// <param name="readsInline">Whether the consumer goes on within the write that brings it something, which saves a change of threads: for one that parses and never works long.</param>
    public ReceiveBuffer(int limitBytes, bool readsInline = false)
    {
        _pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: limitBytes,
            resumeWriterThreshold: limitBytes / 2,
            minimumSegmentSize: SegmentBytes,
            readerScheduler: readsInline ? PipeScheduler.Inline : null,
            useSynchronizationContext: false));
        _reader = new ObservedReader(_pipe.Reader);
    }

    /// <summary>The consumer's side.</summary>
    public PipeReader Reader => _reader;

    /// <summary>Whether the consumer has to take something before more is written.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                if (_isFull && (_room?.IsCompleted ?? _flush.IsCompleted))
                {
                    Settle(_room is null ? _flush.GetAwaiter().GetResult() : _room.GetAwaiter().GetResult());
                }

                return _isFull;
            }
        }
    }

    /// <summary>Adds bytes; they are discarded when the consumer is done or the buffer was completed.</summary>
    public void Write(in ReadOnlySequence<byte> bytes)
    {
        lock (_gate)
        {
            if (_isDone || bytes.IsEmpty)
            {
                return;
            }

            foreach (var segment in bytes)
            {
                Copy(segment.Span);
            }

            _flush = _pipe.Writer.FlushAsync(CancellationToken.None);
            _isFull = !_flush.IsCompleted;
            if (!_isFull)
            {
                Settle(_flush.GetAwaiter().GetResult());
            }
        }
    }

    /// <summary>Whether the consumer has taken anything since the last question.</summary>
    public bool TakeProgress() => _reader.TakeProgress();

    /// <summary>Completes when a full buffer has room again.</summary>
    public Task RoomAsync()
    {
        lock (_gate)
        {
            return _isFull ? _room ??= _flush.AsTask() : Task.CompletedTask;
        }
    }

    /// <summary>Nothing more will come; whoever waits for room need not.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_isDone)
            {
                return;
            }

            _isDone = true;
            if (_isFull)
            {
                _pipe.Writer.CancelPendingFlush();
            }

            _pipe.Writer.Complete();
        }
    }

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // A segment as long as what it is for: few of them for bulk, little memory for a keystroke.
            var room = _pipe.Writer.GetSpan(Math.Min(bytes.Length, MaxSegmentBytes));
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            _pipe.Writer.Advance(count);
            bytes = bytes[count..];
        }
    }

    private void Settle(FlushResult result)
    {
        (_isFull, _room, _flush) = (false, null, default);
        if (result.IsCompleted && !_isDone)
        {
            _isDone = true;
            _pipe.Writer.Complete();
        }
    }
}
