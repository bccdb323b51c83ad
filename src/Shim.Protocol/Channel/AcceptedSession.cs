using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Threading.Channels;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>A session at the end that serves it: the shim's.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer and without a wait handle holds nothing to dispose of.")]
public sealed class AcceptedSession : ChannelSession
{
    private readonly CancellationTokenSource cancelled = new();
    private readonly Action<AcceptedSession> forget;

    // Only the newest size counts.
    private readonly Channel<WindowSize> sizes = System.Threading.Channels.Channel.CreateBounded<WindowSize>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private int closed;

    internal AcceptedSession(uint id, FrameSender sender, WindowReserve reserve, object request, Action<AcceptedSession> forget)
        : base(id, sender)
    {
        this.forget = forget;
        Request = request;
        Stdin = new(sender, reserve, id, Lane.Stdin, readsInline: true);
        Stdout = new(sender, id, Lane.Stdout);
        Stderr = new(sender, id, Lane.Stderr);
    }

    /// <summary>An <see cref="ExecMessage"/>, <see cref="AttachMessage"/> or <see cref="ConnectMessage"/>.</summary>
    public object Request { get; }

    /// <summary>From the agent.</summary>
    public IncomingLane Stdin { get; }

    /// <summary>Towards the agent.</summary>
    public OutgoingLane Stdout { get; }

    /// <summary>Towards the agent.</summary>
    public OutgoingLane Stderr { get; }

    /// <summary>The terminal's newest size, completed with the session.</summary>
    public ChannelReader<WindowSize> Sizes => sizes.Reader;

    /// <summary>Cancelled when the agent gives the session up, or the channel ends.</summary>
    public CancellationToken Cancelled => cancelled.Token;

    /// <summary>Says that the target of a connection has answered.</summary>
    public void Accept() => Sender.Post(FrameType.Opened, Id);

    /// <summary>Ends the session; everything that was sent on its lanes arrives before. A second call does nothing.</summary>
    public void Close(ClosedMessage message)
    {
        if (Interlocked.Exchange(ref closed, 1) == 0)
        {
            Sender.Post(FrameType.Closed, Id, JsonSerializer.SerializeToUtf8Bytes(message, ChannelJson.Default.ClosedMessage));
            forget(this);
            Finish(new ChannelClosedException("the session has ended"));
        }
    }

    internal override IncomingLane Incoming(Lane lane) => lane == Lane.Stdin ? Stdin : throw Misdirected(lane);

    internal override OutgoingLane Outgoing(Lane lane) => lane switch
    {
        Lane.Stdout => Stdout,
        Lane.Stderr => Stderr,
        _ => throw Misdirected(lane),
    };

    internal override void Receive(in Frame frame)
    {
        switch (frame.Header.Type)
        {
            case FrameType.Resize:
                sizes.Writer.TryWrite(WindowSize.FromNumber(frame.ReadNumber()));
                break;
            case FrameType.Cancel:
                // Elsewhere: the callbacks belong to the session, the thread to the channel.
                _ = cancelled.CancelAsync();
                break;
            default:
                throw Misdirected(frame.Header.Type);
        }
    }

    internal override void Abandon(Exception reason)
    {
        _ = cancelled.CancelAsync();
        Finish(reason);
    }

    private void Finish(Exception reason)
    {
        sizes.Writer.TryComplete();
        Stdin.Abandon(reason);
        Stdout.Fail(reason);
        Stderr.Fail(reason);
    }
}
