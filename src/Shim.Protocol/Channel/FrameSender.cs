using System.Threading.Channels;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>
/// Writes the frames of all sessions to the transport, gathered into large writes. What controls goes before what carries data, and a lane has at most
/// one data frame waiting, so that none is ever more than a round behind. The receiving end never stops reading (windows bound what it must hold),
/// hence a stalled consumer never holds this up.
/// </summary>
internal sealed class FrameSender(Stream first)
{
    private const int BatchSize = 256 * 1024;

    /// <summary>Frames that control and wait: credits, ends and closings of every session several times over. More means that the transport stands still.</summary>
    private const int MaxControl = 64 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<PendingFrame> control = new();
    private readonly Queue<PendingFrame> data = new();
    private readonly Channel<bool> marks = System.Threading.Channels.Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly byte[] batch = GC.AllocateUninitializedArray<byte>(BatchSize);
    private Stream output = first;
    private Stream? next;
    private Exception? failure;

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Sends a frame that controls, without waiting.</summary>
    public void Post(FrameType type, uint session, ReadOnlyMemory<byte> payload = default, Lane lane = Lane.Stdin) =>
        _ = EnqueueAsync(control, type, lane, session, payload);

    /// <summary>Sends a frame that controls; completes when it is on its way.</summary>
    public Task SendControlAsync(FrameType type, uint session, ReadOnlyMemory<byte> payload) => EnqueueAsync(control, type, Lane.Stdin, session, payload);

    /// <summary>Sends bytes of a lane; completes when the payload may be reused.</summary>
    public Task SendDataAsync(Lane lane, uint session, ReadOnlyMemory<byte> payload) => EnqueueAsync(data, FrameType.Data, lane, session, payload);

    /// <summary>Says <see cref="FrameType.Switch"/> on this transport and goes on with another one.</summary>
    public void SwitchTo(Stream transport)
    {
        lock (gate)
        {
            next = transport;
        }

        Wake();
    }

    /// <summary>Writes until cancelled or until the transport fails.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var prefix = Preamble.Bytes.Length;
        Preamble.Bytes.CopyTo(batch);
        while (true)
        {
            await SwitchIfAskedAsync(cancellationToken);
            var length = Gather(prefix, out var oversized);
            prefix = 0;
            if (length == 0)
            {
                await output.FlushAsync(cancellationToken);
                await marks.Reader.ReadAsync(cancellationToken);
                continue;
            }

            await output.WriteAsync(batch.AsMemory(0, length), cancellationToken);
            BytesWritten += length;
            if (oversized is not null)
            {
                await output.WriteAsync(oversized.Payload, cancellationToken);
                BytesWritten += oversized.Payload.Length;
                oversized.Taken.TrySetResult();
            }
        }
    }

    /// <summary>Nothing is sent any more: fails those that wait and all that come.</summary>
    public void Fail(Exception reason)
    {
        List<PendingFrame> waiting;
        lock (gate)
        {
            failure ??= reason;
            waiting = [.. control, .. data];
            control.Clear();
            data.Clear();
        }

        foreach (var frame in waiting)
        {
            frame.Taken.TrySetException(reason);
            _ = frame.Taken.Task.Exception;
        }
    }

    private Task EnqueueAsync(Queue<PendingFrame> queue, FrameType type, Lane lane, uint session, ReadOnlyMemory<byte> payload)
    {
        var frame = new PendingFrame(new(type, lane, session, payload.Length), payload);
        lock (gate)
        {
            if (failure is null && queue == control && control.Count >= MaxControl)
            {
                failure = new ChannelClosedException("the channel's transport takes nothing any more");
            }

            if (failure is not null)
            {
                frame.Taken.SetException(failure);
                _ = frame.Taken.Task.Exception;
                return frame.Taken.Task;
            }

            queue.Enqueue(frame);
        }

        Wake();
        return frame.Taken.Task;
    }

    private void Wake() => marks.Writer.TryWrite(true);

    /// <summary>Fills the batch after what it holds; a frame that is larger than a batch follows its header on its own.</summary>
    private int Gather(int length, out PendingFrame? oversized)
    {
        oversized = null;
        lock (gate)
        {
            while (oversized is null && (control.TryPeek(out var frame) || data.TryPeek(out frame)) && Fits(frame, length))
            {
                _ = control.Count > 0 ? control.Dequeue() : data.Dequeue();
                frame.Header.Write(batch.AsSpan(length));
                length += FrameHeader.Size;
                if (frame.Payload.Length > BatchSize - length)
                {
                    oversized = frame;
                    break;
                }

                frame.Payload.Span.CopyTo(batch.AsSpan(length));
                length += frame.Payload.Length;
                frame.Taken.TrySetResult();
            }
        }

        return length;
    }

    private static bool Fits(PendingFrame frame, int length) =>
        length <= Preamble.Bytes.Length || length + FrameHeader.Size + frame.Payload.Length <= BatchSize;

    // Frames that wait go over the new transport, after all that went over the old one.
    private async Task SwitchIfAskedAsync(CancellationToken cancellationToken)
    {
        Stream? transport;
        lock (gate)
        {
            transport = next;
            next = null;
        }

        if (transport is not null)
        {
            new FrameHeader(FrameType.Switch, Lane.Stdin, 0, 0).Write(batch);
            await output.WriteAsync(batch.AsMemory(0, FrameHeader.Size), cancellationToken);
            await output.FlushAsync(cancellationToken);
            output = transport;
        }
    }
}
