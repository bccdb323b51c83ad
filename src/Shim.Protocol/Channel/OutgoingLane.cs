namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>The sending end of a lane, for one sender at a time: it sends no more than the receiver has room for.</summary>
public sealed class OutgoingLane
{
    private readonly FrameSender sender;
    private readonly uint session;
    private readonly Lane lane;
    private readonly Lock gate = new();
    private int credit = ChannelLimits.Window;
    private TaskCompletionSource? waiting;
    private Exception? failure;
    private bool ended;

    internal OutgoingLane(FrameSender sender, uint session, Lane lane)
    {
        this.sender = sender;
        this.session = session;
        this.lane = lane;
    }

    /// <summary>Waits until the receiver has room; returns how many bytes may be sent now, 1 to <see cref="ChannelLimits.MaxData"/>.</summary>
    /// <exception cref="ChannelClosedException">The channel or the session has ended.</exception>
    public async ValueTask<int> WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (gate)
            {
                if (failure is not null)
                {
                    throw new ChannelClosedException(failure.Message, failure);
                }

                if (credit > 0)
                {
                    return Math.Min(credit, ChannelLimits.MaxData);
                }

                waiting ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                room = waiting.Task;
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sends bytes, no more than <see cref="WaitForRoomAsync"/> has allowed; completes when the memory may be reused.</summary>
    /// <exception cref="ChannelClosedException">The channel or the session has ended.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Spend(bytes.Length);
        await sender.SendDataAsync(lane, session, bytes);
    }

    /// <summary>As <see cref="SendAsync"/>, of bytes behind <see cref="FrameHeader.Size"/> others that may be overwritten: bulk data goes out without being copied.</summary>
    /// <exception cref="ChannelClosedException">The channel or the session has ended.</exception>
    public async ValueTask SendFrameAsync(Memory<byte> frame)
    {
        Spend(frame.Length - FrameHeader.Size);
        await sender.SendDataAsync(lane, session, frame[FrameHeader.Size..], frame);
    }

    /// <summary>Says that nothing more comes.</summary>
    public void End()
    {
        lock (gate)
        {
            if (ended || failure is not null)
            {
                return;
            }

            ended = true;
        }

        sender.Post(FrameType.End, session, lane: lane);
    }

    /// <summary>The receiver has taken bytes.</summary>
    internal void Grant(uint bytes)
    {
        lock (gate)
        {
            if (bytes == 0 || bytes > ChannelLimits.MaxWindow - credit)
            {
                throw new ChannelProtocolException($"a credit of {bytes} bytes when {credit} are left of {ChannelLimits.MaxWindow} at most");
            }

            credit += (int)bytes;
            Release();
        }
    }

    internal void Fail(Exception reason)
    {
        lock (gate)
        {
            failure ??= reason;
            Release();
        }
    }

    private void Spend(int bytes)
    {
        lock (gate)
        {
            if (failure is not null)
            {
                throw new ChannelClosedException(failure.Message, failure);
            }

            ObjectDisposedException.ThrowIf(ended, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, credit);
            credit -= bytes;
        }
    }

    private void Release()
    {
        waiting?.TrySetResult();
        waiting = null;
    }
}
