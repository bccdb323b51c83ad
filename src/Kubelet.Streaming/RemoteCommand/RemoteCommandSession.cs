using System.IO.Pipelines;
using System.Threading.Channels;
using VirtualKubelet.Kubelet.Streaming.Spdy;
using VirtualKubelet.Kubelet.Streaming.WebSockets;

namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>
/// The server's side of one exec or attach, once its client has opened all streams. Copy to and from the pipes, then call <see cref="CompleteAsync"/>;
/// a session that is only disposed looks like success to its client.
/// </summary>
public sealed class RemoteCommandSession : IAsyncDisposable
{
    private readonly IMultiplexer _connection;
    private readonly StreamSet _streams;
    private readonly bool _hasJsonStatus;
    private readonly Task _resizing = Task.CompletedTask;
    private readonly Task _refusing;

    private RemoteCommandSession(IMultiplexer connection, StreamSet streams, string? protocol)
    {
        (_connection, _streams, _hasJsonStatus) = (connection, streams, RemoteCommandProtocols.HasJsonStatus(protocol));
        streams[StreamHeaders.Error].Input.Complete();
        Stdin = streams.TryGet(StreamHeaders.Stdin, out var stdin) ? stdin.Input : null;
        Stdout = OutputOf(StreamHeaders.Stdout);
        Stderr = OutputOf(StreamHeaders.Stderr);
        if (streams.TryGet(StreamHeaders.Resize, out var resize))
        {
            var reader = new ResizeReader();
            Resizes = reader.Sizes;
            _resizing = reader.RunAsync(resize.Input);
        }

        _refusing = RefuseMoreAsync();
    }

    /// <summary>The client's input, null when it sends none; ends with its half-close or with the client itself. Complete it to discard the rest.</summary>
    public PipeReader? Stdin { get; }

    /// <summary>The client's output, null when it wants none. Flushes wait for the client; <c>IsCompleted</c> means that it has gone.</summary>
    public PipeWriter? Stdout { get; }

    /// <summary>The client's error output, null when it wants none or has a terminal.</summary>
    public PipeWriter? Stderr { get; }

    /// <summary>Sizes of the client's terminal, null when it has none to tell. Of untaken sizes the oldest give way.</summary>
    public ChannelReader<TerminalSize>? Resizes { get; }

    /// <summary>Cancelled when the client has left or was silent for the idle time.</summary>
    public CancellationToken ClientGone => _connection.PeerGone;

    /// <summary>Speaks SPDY on an upgraded connection. Throws <see cref="StreamsNotOpenedException"/> when the client does not open the streams in time.</summary>
    /// <param name="transport">The raw connection after the 101; owned and disposed from now on, also on failure.</param>
    /// <param name="protocol">The negotiated one of <see cref="RemoteCommandProtocols.Spdy"/>.</param>
    /// <param name="streams">What was asked for.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    /// <param name="cancellationToken">Gives up waiting for the streams.</param>
    public static Task<RemoteCommandSession> OverSpdyAsync(
        Stream transport, string protocol, RemoteCommandStreams streams, StreamingOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var expected = StreamSet.Expected(streams, streams.Tty && RemoteCommandProtocols.HasResize(protocol));
        return OpenAsync(
            new SpdyConnection(transport, options, time, mayGiveUpStreams: false), new StreamSet(expected), protocol, options, time, cancellationToken);
    }

    /// <summary>Speaks WebSocket channels on an upgraded connection, all of which exist at once.</summary>
    /// <param name="transport">The raw connection after the 101; owned and disposed from now on, also on failure.</param>
    /// <param name="protocol">The negotiated one of <see cref="RemoteCommandProtocols.WebSocket"/>, or null when the client offered none.</param>
    /// <param name="streams">What was asked for.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    /// <param name="cancellationToken">Gives up opening the session.</param>
    public static Task<RemoteCommandSession> OverWebSocketAsync(
        Stream transport, string? protocol, RemoteCommandStreams streams, StreamingOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = new ChannelMultiplexer(
            transport, isClient: false, RemoteCommandChannels.ProtocolOf(protocol), RemoteCommandChannels.Define(streams), options, time);
        return OpenAsync(connection, new StreamSet(StreamSet.Expected(streams, streams.Tty)), protocol, options, time, cancellationToken);
    }

    /// <summary>
    /// Ends the session in the one order that suits every client: all output, its half-closes, the status, its half-close, and goodbye.
    /// Nothing may write to the pipes any more. Returns when the connection is closed; cancelled, it is closed at once.
    /// </summary>
    public async Task CompleteAsync(RemoteCommandStatus status, CancellationToken cancellationToken)
    {
        try
        {
            await FinishAsync(Stdout, cancellationToken);
            await FinishAsync(Stderr, cancellationToken);
            await EndAsync(status, cancellationToken);
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <summary>
    /// Ends the session although somebody may still use its pipes, which is told that nobody reads any more: the status first, so that no client takes
    /// the end for success, then a reset of everything else. Returns when the connection is closed; cancelled, it is closed at once.
    /// </summary>
    public async Task AbandonAsync(RemoteCommandStatus status, CancellationToken cancellationToken)
    {
        try
        {
            await EndAsync(status, cancellationToken);
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <summary>Drops the connection. Without <see cref="CompleteAsync"/> before it, clients take the command for successful.</summary>
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await Task.WhenAll(_refusing, _resizing);
    }

    private static async Task<RemoteCommandSession> OpenAsync(
        IMultiplexer connection, StreamSet streams, string? protocol, StreamingOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.StreamCreationTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (!streams.IsComplete)
            {
                streams.Add(await connection.AcceptAsync(either.Token) ?? throw new StreamsNotOpenedException("The client left before it had opened its streams."));
            }

            return new RemoteCommandSession(connection, streams, protocol);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await connection.CloseAsync(cancellationToken);
            throw new StreamsNotOpenedException($"The client did not open its streams within {options.StreamCreationTimeout.TotalSeconds:0} s.");
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static Task FinishAsync(PipeWriter? output, CancellationToken cancellationToken) =>
        output is null ? Task.CompletedTask : output.CompleteAsync().AsTask().WaitAsync(cancellationToken);

    private async Task EndAsync(RemoteCommandStatus status, CancellationToken cancellationToken)
    {
        var error = _streams[StreamHeaders.Error].Output;
        StatusWriter.Write(error, status, _hasJsonStatus);
        await FinishAsync(error, cancellationToken);
        await _connection.CloseAsync(cancellationToken);
    }

    private PipeWriter? OutputOf(string type)
    {
        if (!_streams.TryGet(type, out var stream))
        {
            return null;
        }

        stream.Input.Complete();
        return stream.Output;
    }

    /// <summary>A session has its streams; whatever else the client opens is answered, or it would wait, and refused.</summary>
    private async Task RefuseMoreAsync()
    {
        while (await _connection.AcceptAsync(CancellationToken.None) is { } stream)
        {
            stream.Reset();
        }
    }
}
