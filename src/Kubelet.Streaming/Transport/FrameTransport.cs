using System.IO.Pipelines;

namespace VirtualKubelet.Kubelet.Streaming.Transport;

/// <summary>
/// The two directions of one upgraded connection: a read loop that feeds the protocol, a <see cref="FrameSender"/>, the idle timer, and an end that does not
/// lose what was sent last: input is discarded for a while, as closing a socket with unread input resets it.
/// </summary>
internal sealed class FrameTransport : IAsyncDisposable
{
    private const int ReadBytes = 64 * 1024;

    /// <summary>How long one waits to be closed who has heard and said goodbye: the other side does it at once, or not at all.</summary>
    private static readonly TimeSpan AnswerLinger = TimeSpan.FromMilliseconds(200);

    private readonly Stream _stream;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private readonly bool _isClosedByPeer;
    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly Lock _gate = new();
    private IdleTimer? _idle;
    private Task _reading = Task.CompletedTask;
    private Task? _disposing;

    /// <param name="stream">The raw connection after the 101; owned from now on.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    /// <param name="readsOn">
    /// Whether a failed write leaves reading alone: a client still wants what the server has sent before it closed. A server has nobody to serve any more.
    /// </param>
    /// <param name="isClosedByPeer">Whether it is the peer who closes the connection once both have said goodbye; to give it up before costs more than to wait.</param>
    public FrameTransport(Stream stream, StreamingOptions options, TimeProvider time, bool readsOn = false, bool isClosedByPeer = false)
    {
        options.Validate();
        (_stream, _options, _time, _isClosedByPeer) = (stream, options, time, isClosedByPeer);
        Sender = new FrameSender(stream, Touch, readsOn ? static () => { } : Abort, _abort.Token);
    }

    public FrameSender Sender { get; }

    /// <summary>Cancelled when the connection is of no more use.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Why reading ended, when it was not the peer's goodbye or our own; null before.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Starts reading.</summary>
    public void Start(IFrameReceiver receiver)
    {
        _idle = _options.IdleTimeout == Timeout.InfiniteTimeSpan ? null : new IdleTimer(_options.IdleTimeout, _time, () => _ = CloseIdleAsync(receiver));
        _reading = Task.Run(() => ReadAsync(receiver));
    }

    /// <summary>Something arrived that counts against idleness.</summary>
    public void Touch() => _idle?.Touch();

    /// <summary>The peer said goodbye.</summary>
    public void PeerLeft() => _ = _gone.CancelAsync();

    /// <summary>Gives the peer up: it broke its promises.</summary>
    public void GiveUp(Exception why)
    {
        Failure ??= why;
        Abort();
    }

    /// <summary>Sends the last frame, discards input until the peer closes or the linger time is over, and closes. A peer that has said goodbye is not waited for, unless it is the one to close: it waits, too.</summary>
    public async Task CloseAsync(ReadOnlyMemory<byte> last, CancellationToken cancellationToken)
    {
        var linger = !Gone.IsCancellationRequested ? _options.LingerTimeout : _isClosedByPeer ? Shorter(AnswerLinger, _options.LingerTimeout) : TimeSpan.Zero;
        try
        {
            await SendLastAsync(last, cancellationToken);
            PeerLeft();
            if (linger > TimeSpan.Zero)
            {
                await _reading.WaitAsync(linger, _time, cancellationToken);
            }
        }
        catch (TimeoutException)
        {
            // The peer had its time.
        }
        finally
        {
            await DisposeAsync();
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposing ??= DisposeCoreAsync();
        }

        return new ValueTask(_disposing);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void Abort() => _ = _abort.CancelAsync();

    private async Task DisposeCoreAsync()
    {
        _idle?.Dispose();
        PeerLeft();
        await _abort.CancelAsync();
        await _reading;
        try
        {
            await _stream.DisposeAsync();
        }
        catch (IOException)
        {
            // The peer was faster.
        }
    }

    private async Task CloseIdleAsync(IFrameReceiver receiver)
    {
        using var bound = new CancellationTokenSource(_options.LingerTimeout, _time);
        try
        {
            await receiver.CloseIdleAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            // It would not even take the goodbye; CloseAsync has closed it none the less.
        }
    }

    private async Task SendLastAsync(ReadOnlyMemory<byte> last, CancellationToken cancellationToken)
    {
        var send = Sender.SendAsync(last, isLast: true);
        if (!send.IsCompleted)
        {
            await send.AsTask().WaitAsync(cancellationToken);
        }
    }

    private async Task ReadAsync(IFrameReceiver receiver)
    {
        var reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(
            bufferSize: ReadBytes, minimumReadSize: ReadBytes / 8, leaveOpen: true, useZeroByteReads: true));
        try
        {
            await ReadAsync(reader, receiver);
        }
        catch (ProtocolException e)
        {
            Failure ??= e;
            await PartAsync(receiver.Farewell(e));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection broke, or was given up here: the same to everyone who uses it.
            GiveUp(e);
        }
        finally
        {
            PeerLeft();
            receiver.Ended();
            await reader.CompleteAsync();
        }
    }

    private async Task ReadAsync(PipeReader reader, IFrameReceiver receiver)
    {
        while (true)
        {
            var read = await reader.ReadAsync(_abort.Token);
            var consumed = await receiver.ReceiveAsync(read.Buffer, _abort.Token);
            reader.AdvanceTo(consumed, read.Buffer.End);
            Sender.Kick();
            if (read.IsCompleted || receiver.IsOver)
            {
                return;
            }

            await Sender.RelieveAsync();
        }
    }

    private async Task PartAsync(ReadOnlyMemory<byte> farewell)
    {
        try
        {
            using var bound = new CancellationTokenSource(_options.LingerTimeout, _time);
            await SendLastAsync(farewell, bound.Token);
        }
        catch (OperationCanceledException)
        {
            // Too busy not reading.
        }

        Abort();
    }
}
