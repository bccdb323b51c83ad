namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>
/// Writes the frames of all sessions to the transport, gathered into large writes. What controls goes before what carries data, and a lane has at most
/// one data frame waiting, so that none is ever more than a round behind. The receiving end never stops reading (windows bound what it must hold),
/// hence a stalled consumer never holds this up. There is no thread of its own: whoever has data and finds nobody writing writes it on the spot, and what
/// others have added meanwhile goes on from the pool.
/// </summary>
internal sealed class FrameSender(Stream first)
{
    private const int BatchSize = 256 * 1024;

    /// <summary>Frames that control and wait: credits, ends and closings of every session several times over. More means that the transport stands still.</summary>
    private const int MaxControl = 64 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<PendingFrame> control = new();
    private readonly Queue<PendingFrame> data = new();
    private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] batch = GC.AllocateUninitializedArray<byte>(BatchSize);
    private Stream output = first;
    private Stream? next;
    private Exception? failure;
    private CancellationToken stopped;
    private TaskCompletionSource? rested;
    private int prefix;
    private bool isRunning;
    private bool isWriting;

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Sends a frame that controls, without waiting. It may be called under a lock: the writing is left to others.</summary>
    public void Post(FrameType type, uint session, ReadOnlyMemory<byte> payload = default, Lane lane = Lane.Stdin) =>
        _ = SendControlAsync(type, session, payload, lane);

    /// <summary>Sends a frame that controls; completes when it is on its way.</summary>
    public Task SendControlAsync(FrameType type, uint session, ReadOnlyMemory<byte> payload, Lane lane = Lane.Stdin)
    {
        var taken = Enqueue(control, type, lane, session, payload);
        WriteElsewhere();
        return taken;
    }

    /// <summary>Sends bytes of a lane; completes when the payload may be reused.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="session">Its session.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="whole">The same with room for a header before them, if there is any.</param>
    public Task SendDataAsync(Lane lane, uint session, ReadOnlyMemory<byte> payload, Memory<byte> whole = default)
    {
        var taken = Enqueue(data, FrameType.Data, lane, session, payload, whole);
        if (TryBegin())
        {
            _ = WriteAsync();
        }

        return taken;
    }

    /// <summary>Says <see cref="FrameType.Switch"/> on this transport and goes on with another one.</summary>
    public void SwitchTo(Stream transport)
    {
        lock (gate)
        {
            next = transport;
        }

        WriteElsewhere();
    }

    /// <summary>Writes what comes until cancelled or until the transport fails; nothing is written before or after.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        prefix = Preamble.Bytes.Length;
        Preamble.Bytes.CopyTo(batch);
        lock (gate)
        {
            (stopped, isRunning) = (cancellationToken, true);
        }

        WriteElsewhere();
        try
        {
            await broken.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            await StopAsync();
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

    private Task Enqueue(Queue<PendingFrame> queue, FrameType type, Lane lane, uint session, ReadOnlyMemory<byte> payload, Memory<byte> whole = default)
    {
        var frame = new PendingFrame(new(type, lane, session, payload.Length), payload, whole);
        lock (gate)
        {
            if (failure is null && queue == control && control.Count >= MaxControl)
            {
                failure = new ChannelClosedException("the channel's transport takes nothing any more");

                // The end of the channel, not of this frame only: another one is started instead.
                broken.TrySetException(failure);
            }

            if (failure is not null)
            {
                frame.Taken.SetException(failure);
                _ = frame.Taken.Task.Exception;
                return frame.Taken.Task;
            }

            queue.Enqueue(frame);
        }

        return frame.Taken.Task;
    }

    private void WriteElsewhere()
    {
        if (TryBegin())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static sender => _ = sender.WriteAsync(), this, preferLocal: false);
        }
    }

    private bool TryBegin()
    {
        lock (gate)
        {
            return isRunning && !isWriting && (isWriting = true);
        }
    }

    /// <summary>Writes until nothing is left. Only the first batch is the caller's: what others add must not keep it for good.</summary>
    private async Task WriteAsync()
    {
        try
        {
            await WriteBatchAsync();
            while (!TryRest())
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                await WriteBatchAsync();
            }
        }
        catch (Exception e)
        {
            broken.TrySetException(e);
            StopWriting();
        }
    }

    private async ValueTask WriteBatchAsync()
    {
        await SwitchIfAskedAsync();
        var length = Gather(prefix, out var direct);
        prefix = 0;
        if (length > 0)
        {
            await output.WriteAsync(batch.AsMemory(0, length), stopped);
            BytesWritten += length;
        }

        if (direct is not null)
        {
            await WriteDirectAsync(direct, direct.IsWhole ? direct.ToWhole() : direct.Payload);
        }

        if (length > 0 || direct is not null)
        {
            await output.FlushAsync(stopped);
        }
    }

    private async ValueTask WriteDirectAsync(PendingFrame frame, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await output.WriteAsync(bytes, stopped);
            BytesWritten += bytes.Length;
            frame.Taken.TrySetResult();
        }
        catch (Exception e)
        {
            frame.Taken.TrySetException(new ChannelClosedException("the channel's transport failed", e));
            _ = frame.Taken.Task.Exception;
            throw;
        }
    }

    private bool TryRest()
    {
        lock (gate)
        {
            if (isRunning && (control.Count > 0 || data.Count > 0 || next is not null))
            {
                return false;
            }

            Rest();
            return true;
        }
    }

    // What failed may have written half a frame: nothing may follow it.
    private void StopWriting()
    {
        lock (gate)
        {
            isRunning = false;
            Rest();
        }
    }

    private void Rest()
    {
        isWriting = false;
        rested?.TrySetResult();
    }

    /// <summary>Begins no more writing and waits for the one that is under way, if any.</summary>
    private Task StopAsync()
    {
        lock (gate)
        {
            isRunning = false;
            rested = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return isWriting ? rested.Task : Task.CompletedTask;
        }
    }

    /// <summary>
    /// Fills the batch after what it holds. What is to be written directly after it ends it: a frame that can be sent as it lies, or the payload of one that is larger than a batch.
    /// </summary>
    private int Gather(int length, out PendingFrame? direct)
    {
        direct = null;
        lock (gate)
        {
            while (direct is null && (control.TryPeek(out var frame) || data.TryPeek(out frame)) && Fits(frame, length))
            {
                _ = control.Count > 0 ? control.Dequeue() : data.Dequeue();
                if (frame.IsWhole)
                {
                    direct = frame;
                    break;
                }

                frame.Header.Write(batch.AsSpan(length));
                length += FrameHeader.Size;
                if (frame.Payload.Length > BatchSize - length)
                {
                    direct = frame;
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
    private async ValueTask SwitchIfAskedAsync()
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
            await output.WriteAsync(batch.AsMemory(0, FrameHeader.Size), stopped);
            await output.FlushAsync(stopped);
            output = transport;
        }
    }
}
