using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>
/// The receiving end of a lane: holds what its consumer has not taken yet, a window at most, and gives the sender room as it does. The window of a lane whose consumer takes
/// much grows, as long as the reserve lasts: a sender that waits for room is most of what bulk data costs.
/// </summary>
public sealed class IncomingLane
{
    // The window bounds what is held; the pipe must never pause the one who receives for all lanes.
    private static readonly PipeOptions Unpaused = Options(PipeScheduler.ThreadPool);
    private static readonly PipeOptions UnpausedInline = Options(PipeScheduler.Inline);

    private readonly FrameSender sender;
    private readonly WindowReserve reserve;
    private readonly uint session;
    private readonly Lane lane;
    private readonly Pipe pipe;
    private readonly Lock gate = new();
    private int window = ChannelLimits.Window;
    private int held;
    private int taken;
    private bool discarding;
    private bool ended;
    private bool abandoned;

    /// <param name="sender">Where room is given.</param>
    /// <param name="reserve">What the window may grow by.</param>
    /// <param name="session">The session.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="readsInline">Whether the consumer goes on within the receiving of what it waits for, which saves a change of threads: for one that passes bytes on and never works long.</param>
    internal IncomingLane(FrameSender sender, WindowReserve reserve, uint session, Lane lane, bool readsInline = false)
    {
        pipe = new(readsInline ? UnpausedInline : Unpaused);
        this.sender = sender;
        this.reserve = reserve;
        this.session = session;
        this.lane = lane;
        Reader = new CreditingReader(pipe.Reader, this);
    }

    /// <summary>What the peer sends. Advancing it gives the peer room; completing it early discards what still comes, so that the peer never stalls.</summary>
    public PipeReader Reader { get; }

    /// <summary>Takes bytes from the peer.</summary>
    internal void Receive(in ReadOnlySequence<byte> bytes)
    {
        lock (gate)
        {
            if (abandoned)
            {
                return;
            }

            if (ended)
            {
                throw new ChannelProtocolException("data after the end of a lane");
            }

            if (bytes.Length > window - held - taken)
            {
                throw new ChannelProtocolException($"{bytes.Length} bytes for a lane with room for {window - held - taken}");
            }

            held += (int)bytes.Length;
            if (discarding)
            {
                Take((int)bytes.Length);
                return;
            }

            // In one piece, as far as there is no room in the last one: the consumer may write it with one system call.
            foreach (var segment in bytes)
            {
                segment.Span.CopyTo(pipe.Writer.GetSpan(segment.Length));
                pipe.Writer.Advance(segment.Length);
            }
        }

        // Never waits: the pipe has no threshold. Not under the lock: an inline consumer goes on in here.
        _ = pipe.Writer.FlushAsync().AsTask();
    }

    /// <summary>The peer sends nothing more.</summary>
    internal void End() => Complete(null, isAbandoned: false);

    /// <summary>The session or the channel has ended: what is still under way is passed over.</summary>
    internal void Abandon(Exception? reason) => Complete(reason, isAbandoned: true);

    /// <summary>The consumer has taken bytes.</summary>
    internal void Taken(long bytes)
    {
        lock (gate)
        {
            Take((int)Math.Min(bytes, held));
        }
    }

    /// <summary>The consumer takes nothing any more.</summary>
    internal void Discard()
    {
        lock (gate)
        {
            discarding = true;
            Take(held);
        }
    }

    private static PipeOptions Options(PipeScheduler reader) =>
        new(readerScheduler: reader, pauseWriterThreshold: 0, minimumSegmentSize: 16 * 1024, useSynchronizationContext: false);

    private void Complete(Exception? reason, bool isAbandoned)
    {
        lock (gate)
        {
            abandoned |= isAbandoned;
            if (ended)
            {
                return;
            }

            ended = true;
            reserve.Return(window - ChannelLimits.Window);
        }

        pipe.Writer.Complete(reason);
    }

    private void Take(int bytes)
    {
        held -= bytes;
        taken += bytes;

        // A credit for each half of the window: few frames, and the sender never waits for the other half.
        if (!ended && (taken >= window / 2 || (discarding && taken > 0)))
        {
            var payload = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)(taken + Grow()));
            taken = 0;
            sender.Post(FrameType.Credit, session, payload, lane);
        }
    }

    private int Grow()
    {
        if (discarding || window == ChannelLimits.MaxWindow || !reserve.TryTake(window))
        {
            return 0;
        }

        window *= 2;
        return window / 2;
    }
}
