namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>A session at the end that asked for it: the agent's.</summary>
public sealed class RequestedSession : ChannelSession
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ClosedMessage> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal RequestedSession(uint id, FrameSender sender, WindowReserve reserve)
        : base(id, sender)
    {
        Stdin = new(sender, id, Lane.Stdin);
        Stdout = new(sender, reserve, id, Lane.Stdout);
        Stderr = new(sender, reserve, id, Lane.Stderr);
    }

    /// <summary>Towards the shim.</summary>
    public OutgoingLane Stdin { get; }

    /// <summary>From the shim.</summary>
    public IncomingLane Stdout { get; }

    /// <summary>From the shim.</summary>
    public IncomingLane Stderr { get; }

    /// <summary>Completes when the target of a connection has answered, and also when the session was closed instead.</summary>
    public Task Opened => opened.Task;

    /// <summary>Completes when the shim is done with the session; all that it sent has arrived by then. Faults with <see cref="ChannelClosedException"/> when the channel ends first.</summary>
    public Task<ClosedMessage> Closed => closed.Task;

    /// <summary>Tells the terminal's new size; completes when it is on its way.</summary>
    public Task ResizeAsync(WindowSize size) => Sender.SendControlAsync(FrameType.Resize, Id, Encode(size));

    /// <summary>Ends the session at once and discards what still comes of it.</summary>
    public void Cancel()
    {
        if (!closed.Task.IsCompleted)
        {
            Sender.Post(FrameType.Cancel, Id);
        }

        Stdin.Fail(new ChannelClosedException("the session was cancelled"));
        Stdout.Discard();
        Stderr.Discard();
    }

    internal override IncomingLane Incoming(Lane lane) => lane switch
    {
        Lane.Stdout => Stdout,
        Lane.Stderr => Stderr,
        _ => throw Misdirected(lane),
    };

    internal override OutgoingLane Outgoing(Lane lane) => lane == Lane.Stdin ? Stdin : throw Misdirected(lane);

    internal override void Receive(in Frame frame)
    {
        switch (frame.Header.Type)
        {
            case FrameType.Opened:
                opened.TrySetResult();
                break;
            case FrameType.Closed:
                Close(ChannelJson.Read(frame, ChannelJson.Default.ClosedMessage));
                break;
            default:
                throw Misdirected(frame.Header.Type);
        }
    }

    internal override void Abandon(Exception reason)
    {
        closed.TrySetException(reason);
        _ = closed.Task.Exception;
        Finish(reason);
    }

    private void Close(ClosedMessage message)
    {
        if ((message.ExitCode is >= 0 and <= 255) == (message.Error is not null))
        {
            throw new ChannelProtocolException("a closing with neither or both of an exit code and an error");
        }

        closed.TrySetResult(message);
        Finish(message.Error is null ? null : new ChannelClosedException(message.Message ?? "the session failed"));
    }

    private void Finish(Exception? reason)
    {
        opened.TrySetResult();
        Stdin.Fail(reason ?? new ChannelClosedException("the session has ended"));
        Stdout.Abandon(reason);
        Stderr.Abandon(reason);
    }
}
