using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>
/// One end of a channel: any number of sessions over one duplex stream of bytes. The agent's end opens sessions, the shim's end serves them.
/// The stream may be exchanged for another one while sessions run (<see cref="SwitchTo"/>, <see cref="Offer"/>).
/// </summary>
public sealed class ChannelConnection
{
    /// <summary>Bytes that an input pipe should have room for while its reader pauses: srun passes about 100 KB in that time.</summary>
    public const int PipeRoom = 1024 * 1024;

    // What is worth a pause, a frame of bulk data, and what shows that one is needed: slurmstepd and srun pass a kilobyte at a time.
    private const int WorthAPause = FramePieces.MaxSize;
    private const int SmallRead = 16 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly Stream input;
    private readonly ChannelGreeting greeting;
    private readonly Action<AcceptedSession>? serve;
    private readonly TimeProvider? pauses;
    private readonly Action<ReadOnlySequence<byte>>? interjections;
    private readonly FrameSender sender;
    private readonly WindowReserve reserve = new();
    private readonly ConcurrentDictionary<uint, ChannelSession> sessions = new();
    private readonly TaskCompletionSource<ChannelGreeting> greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private uint lastSession;
    private Stream? offered;
    private bool hasSwitched;
    private Exception? failure;

    /// <summary>Makes an end; <see cref="RunAsync"/> brings it to life.</summary>
    /// <param name="input">What the peer writes; a read of no bytes is the end of the channel.</param>
    /// <param name="output">What the peer reads.</param>
    /// <param name="greeting">Our first message.</param>
    /// <param name="serve">Begins to serve a session and returns at once; null at the end that opens them.</param>
    /// <param name="pauses">
    /// The clock of a millisecond's wait before the next read where a frame comes in small pieces: several of them then cost one read. For an
    /// <paramref name="input"/> with room for what comes meanwhile (<see cref="PipeRoom"/>); null for none.
    /// </param>
    /// <param name="interjections">
    /// Hears what others write into <paramref name="input"/>, before the preamble and between frames (<see cref="Interjection"/>); null where nobody else can, then text
    /// between frames is a breach of the protocol.
    /// </param>
    public ChannelConnection(
        Stream input,
        Stream output,
        ChannelGreeting greeting,
        Action<AcceptedSession>? serve = null,
        TimeProvider? pauses = null,
        Action<ReadOnlySequence<byte>>? interjections = null)
    {
        this.pauses = pauses;
        this.interjections = interjections;
        this.input = input;
        this.greeting = greeting;
        this.serve = serve;
        sender = new(output);

        // Now, so that no session can be opened before it.
        sender.Post(FrameType.Greeting, 0, JsonSerializer.SerializeToUtf8Bytes(greeting, ChannelJson.Default.ChannelGreeting));
    }

    /// <summary>The peer's first message. Faults when the channel ends before it has come.</summary>
    public Task<ChannelGreeting> Greeted => greeted.Task;

    /// <summary>Completes when the channel has ended, however it did.</summary>
    public Task Ended => ended.Task;

    /// <summary>Sessions at this moment.</summary>
    public int SessionCount => sessions.Count;

    /// <summary>Bytes written so far, headers included.</summary>
    public long BytesSent => sender.BytesWritten;

    /// <summary>Bytes read so far, headers included.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Whether what the peer sends comes over the second transport.</summary>
    public bool HasSwitched => hasSwitched;

    /// <summary>Opens a session.</summary>
    /// <exception cref="ChannelClosedException">The channel has ended, or has as many sessions as it may.</exception>
    public RequestedSession Open(ExecMessage request) => Open(FrameType.Exec, request, ChannelJson.Default.ExecMessage);

    /// <inheritdoc cref="Open(ExecMessage)"/>
    public RequestedSession Open(AttachMessage request) => Open(FrameType.Attach, request, ChannelJson.Default.AttachMessage);

    /// <inheritdoc cref="Open(ExecMessage)"/>
    public RequestedSession Open(ConnectMessage request) => Open(FrameType.Connect, request, ChannelJson.Default.ConnectMessage);

    /// <summary>Goes on with another transport, which the peer has <see cref="Offer"/>ed; the peer will do the same.</summary>
    public void SwitchTo(Stream transport)
    {
        Offer(transport);
        sender.SwitchTo(transport);
    }

    /// <summary>Has another transport ready, should the peer switch to it.</summary>
    public void Offer(Stream transport)
    {
        lock (gate)
        {
            offered = transport;
        }
    }

    /// <summary>Carries frames until the peer ends the channel or the token does; then every session has ended.</summary>
    /// <exception cref="ChannelProtocolException">The peer broke the rules.</exception>
    /// <exception cref="IOException">The transport failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(ending);
        Exception? reason = null;
        try
        {
            await ReceiveAsync(ending.Token);
            await ending.CancelAsync();
            await sending;
        }
        catch (Exception e)
        {
            await ending.CancelAsync();
            await QuietlyAsync(sending);
            reason = sending.Exception?.InnerException ?? e;
            if (reason is not OperationCanceledException)
            {
                throw reason!;
            }
        }
        finally
        {
            End(reason);
        }
    }

    private async Task SendAsync(CancellationTokenSource ending)
    {
        try
        {
            await sender.RunAsync(ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The receiving half has ended.
        }
        catch
        {
            await ending.CancelAsync();
            throw;
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var first = await ReceiveAsync(input, isFirst: true, cancellationToken);
        if (!first)
        {
            return;
        }

        // The first transport stays: its end is the end of the channel, whatever the second one does.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var second = ReceiveAsync(offered!, isFirst: false, over.Token);
        var silence = WaitForEndAsync(input, over.Token);
        await Task.WhenAny(second, silence);
        await over.CancelAsync();
        await Task.WhenAll(QuietlyAsync(second), QuietlyAsync(silence));
        cancellationToken.ThrowIfCancellationRequested();
        await (second.IsFaulted ? second : silence.IsFaulted ? silence : Task.CompletedTask);
    }

    private static async Task QuietlyAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    // What comes before it is no frame any more: Slurm's last words, what a task epilog prints.
    private async Task WaitForEndAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is var length and > 0)
        {
            interjections?.Invoke(new(buffer, 0, length));
        }
    }

    /// <summary>Receives frames of one transport; true when the peer has left it for the other one, false when it has ended.</summary>
    private async Task<bool> ReceiveAsync(Stream stream, bool isFirst, CancellationToken cancellationToken)
    {
        var expectPreamble = isFirst;
        var heard = 0L;
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 128 * 1024, minimumReadSize: 32 * 1024, leaveOpen: true));
        var rest = 0L;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                var isSmall = buffer.Length - rest < SmallRead;
                expectPreamble = expectPreamble && !TryReadPreamble(ref buffer, ref heard);
                var switched = false;
                PassOverText(ref buffer, isFirst && !expectPreamble);
                while (!expectPreamble && !switched && FrameParser.TryRead(ref buffer, out var frame))
                {
                    BytesReceived += FrameHeader.Size + frame.Header.Length;
                    switched = Dispatch(frame);
                    PassOverText(ref buffer, isFirst);
                }

                rest = buffer.Length;
                if (switched && rest > 0)
                {
                    throw new ChannelProtocolException("bytes after it left the transport");
                }

                var mustPause = pauses is not null && isFirst && isSmall && !expectPreamble && FrameParser.SizeOfFirst(buffer) >= WorthAPause;
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (switched)
                {
                    return true;
                }

                if (read.IsCompleted)
                {
                    return rest == 0 || expectPreamble ? false : throw new ChannelProtocolException("half a frame, then nothing");
                }

                if (mustPause)
                {
                    await Task.Delay(Pause, pauses!, cancellationToken);
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>What stands before the preamble is told as it comes: there may never be one.</summary>
    private bool TryReadPreamble(ref ReadOnlySequence<byte> buffer, ref long heard)
    {
        var all = buffer;
        var found = Preamble.TryRead(ref buffer, out var noise);
        var rest = (found ? noise : all).Slice(heard);
        if (interjections is not null && Interjection.TryTake(ref rest, out var text))
        {
            heard += text.Length;
            interjections(text);
        }

        return found;
    }

    private void PassOverText(ref ReadOnlySequence<byte> buffer, bool mayBe)
    {
        if (mayBe && interjections is not null && Interjection.TryTake(ref buffer, out var text))
        {
            interjections(text);
        }
    }

    /// <summary>Handles a frame; true for <see cref="FrameType.Switch"/>.</summary>
    private bool Dispatch(in Frame frame)
    {
        if (!greeted.Task.IsCompleted && frame.Header.Type != FrameType.Greeting)
        {
            throw new ChannelProtocolException($"a frame of type {frame.Header.Type} before its greeting");
        }

        switch (frame.Header.Type)
        {
            case FrameType.Greeting:
                Greet(ChannelJson.Read(frame, ChannelJson.Default.ChannelGreeting));
                return false;
            case FrameType.Switch:
                Switch();
                return true;
            case FrameType.Exec:
                Begin(frame.Header.Session, ChannelJson.Read(frame, ChannelJson.Default.ExecMessage));
                return false;
            case FrameType.Attach:
                Begin(frame.Header.Session, ChannelJson.Read(frame, ChannelJson.Default.AttachMessage));
                return false;
            case FrameType.Connect:
                Begin(frame.Header.Session, ChannelJson.Read(frame, ChannelJson.Default.ConnectMessage));
                return false;
            default:
                DispatchToSession(frame);
                return false;
        }
    }

    private void Greet(ChannelGreeting peer)
    {
        if (peer.Version != ChannelLimits.Version)
        {
            throw new ChannelProtocolException($"a greeting of version {peer.Version} ({peer.Program}), not {ChannelLimits.Version} ({greeting.Program}): agent and shim are of different releases");
        }

        if (!greeted.TrySetResult(peer))
        {
            throw new ChannelProtocolException("a second greeting");
        }
    }

    private void Switch()
    {
        Stream? transport;
        lock (gate)
        {
            transport = offered;
        }

        if (hasSwitched || transport is null)
        {
            throw new ChannelProtocolException("a switch to a transport that nobody offered");
        }

        hasSwitched = true;
        if (serve is not null)
        {
            sender.SwitchTo(transport);
        }
    }

    private void Begin(uint id, object request)
    {
        if (serve is null || id <= lastSession)
        {
            throw new ChannelProtocolException($"an opening of session {id} out of turn");
        }

        lastSession = id;
        var session = new AcceptedSession(id, sender, reserve, request, s => sessions.TryRemove(s.Id, out _));
        sessions[id] = session;
        if (sessions.Count > ChannelLimits.MaxSessions)
        {
            session.Close(ClosedMessage.Failed(ChannelErrorKind.Unavailable, $"the pod's channel has {ChannelLimits.MaxSessions} sessions already"));
            return;
        }

        serve(session);
    }

    private void DispatchToSession(in Frame frame)
    {
        var id = frame.Header.Session;
        if (!sessions.TryGetValue(id, out var session))
        {
            // The shim has closed it, and this frame was under way.
            if (id > lastSession)
            {
                throw new ChannelProtocolException($"a frame of session {id}, which nobody opened");
            }

            return;
        }

        switch (frame.Header.Type)
        {
            case FrameType.Data:
                session.Incoming(frame.Header.Lane).Receive(frame.Payload);
                break;
            case FrameType.End:
                session.Incoming(frame.Header.Lane).End();
                break;
            case FrameType.Credit:
                session.Outgoing(frame.Header.Lane).Grant(frame.ReadNumber());
                break;
            default:
                session.Receive(frame);
                break;
        }

        if (frame.Header.Type == FrameType.Closed)
        {
            sessions.TryRemove(id, out _);
        }
    }

    private RequestedSession Open<T>(FrameType type, T request, JsonTypeInfo<T> json)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(request, json);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, ChannelLimits.MaxOpening, nameof(request));
        lock (gate)
        {
            if (failure is not null)
            {
                throw new ChannelClosedException(failure.Message, failure);
            }

            if (sessions.Count >= ChannelLimits.MaxSessions)
            {
                throw new ChannelClosedException($"the pod's channel has {ChannelLimits.MaxSessions} sessions already");
            }

            // Posted under the lock, so that the numbers go out in order.
            var session = new RequestedSession(++lastSession, sender, reserve);
            sessions[session.Id] = session;
            sender.Post(type, session.Id, payload);
            return session;
        }
    }

    private void End(Exception? reason)
    {
        var why = new ChannelClosedException(reason is null or OperationCanceledException ? "the channel has ended" : $"the channel failed: {reason.Message}", reason);
        lock (gate)
        {
            failure = why;
        }

        sender.Fail(why);
        greeted.TrySetException(why);
        _ = greeted.Task.Exception;
        foreach (var session in sessions.Values)
        {
            session.Abandon(why);
        }

        sessions.Clear();
        ended.TrySetResult();
    }
}
