using System.IO.Pipelines;
using System.Text.Json;
using VirtualKubelet.Kubelet.Streaming.WebSockets;

namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>
/// The client's side of one exec or attach. Its pipes are bounded: a reader that stops stops the whole session, status included, until it reads on or completes its
/// pipe to have the rest discarded. What has arrived stays readable after the session's end. Disposing it leaves the command to the kubelet.
/// </summary>
public sealed class RemoteCommandClientSession : IAsyncDisposable
{
    private readonly ChannelMultiplexer _connection;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private readonly List<IMultiplexedStream> _streams = [];
    private readonly PipeWriter? _resize;
    private readonly SemaphoreSlim _resizeTurn = new(1, 1);
    private readonly TaskCompletionSource<RemoteCommandResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _ended;
    private volatile bool _isDisposed;

    private RemoteCommandClientSession(ChannelMultiplexer connection, string protocol, StreamingOptions options, TimeProvider time)
    {
        (_connection, _options, _time) = (connection, options, time);
        CanCloseStdin = protocol == RemoteCommandProtocols.V5;
        IMultiplexedStream? error = null;
        while (connection.TryAccept(out var stream))
        {
            _streams.Add(stream);
            switch (stream.Header(StreamHeaders.StreamType))
            {
                case StreamHeaders.Stdin:
                    Stdin = stream.Output;
                    break;
                case StreamHeaders.Stdout:
                    Stdout = stream.Input;
                    break;
                case StreamHeaders.Stderr:
                    Stderr = stream.Input;
                    break;
                case StreamHeaders.Resize:
                    _resize = stream.Output;
                    break;
                default:
                    error = stream;
                    break;
            }
        }

        _ended = EndAsync(error!.Input);
    }

    /// <summary>
    /// The command's input, null when none was asked for. Flushes wait for the kubelet; <c>IsCompleted</c> means that the session is over.
    /// Completing it is the command's end of file, if <see cref="CanCloseStdin"/>; otherwise it has no effect.
    /// </summary>
    public PipeWriter? Stdin { get; }

    /// <summary>The command's output, null when it was not asked for. It ends with the session; whether well, <see cref="Completion"/> tells.</summary>
    public PipeReader? Stdout { get; }

    /// <summary>The command's error output, null when it was not asked for or there is a terminal.</summary>
    public PipeReader? Stderr { get; }

    /// <summary>Whether the kubelet speaks v5; before it, nobody can be told over WebSocket that the input has ended, and a command that waits for that waits for good.</summary>
    public bool CanCloseStdin { get; }

    /// <summary>How the command ended. All output has arrived by then. It never fails: trouble is a result, too.</summary>
    public Task<RemoteCommandResult> Completion => _completion.Task;

    /// <summary>Speaks WebSocket channels on an upgraded connection.</summary>
    /// <param name="transport">The raw connection after the 101; owned and disposed from now on.</param>
    /// <param name="protocol">The server's choice of <see cref="RemoteCommandProtocols.WebSocketClient"/>.</param>
    /// <param name="streams">What was asked for.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of every wait.</param>
    public static RemoteCommandClientSession OverWebSocket(
        Stream transport, string protocol, RemoteCommandStreams streams, StreamingOptions options, TimeProvider time)
    {
        if (!RemoteCommandProtocols.WebSocketClient.Contains(protocol))
        {
            throw new ArgumentException($"{protocol} is not spoken here", nameof(protocol));
        }

        var connection = new ChannelMultiplexer(
            transport, isClient: true, RemoteCommandChannels.ProtocolOf(protocol), RemoteCommandChannels.DefineClient(streams), options, time);
        return new RemoteCommandClientSession(connection, protocol, options, time);
    }

    /// <summary>Tells the command's terminal its size. After the session's end this does nothing.</summary>
    /// <exception cref="InvalidOperationException">The session has no terminal.</exception>
    public async Task ResizeAsync(TerminalSize size, CancellationToken cancellationToken)
    {
        if (_resize is null)
        {
            throw new InvalidOperationException("The session has no terminal.");
        }

        await _resizeTurn.WaitAsync(cancellationToken);
        try
        {
            await _resize.WriteAsync(Message(size), cancellationToken);
        }
        finally
        {
            _resizeTurn.Release();
        }
    }

    /// <summary>Ends the session, whether or not the command has ended; takes no longer than the linger time. What has arrived stays readable.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;

        // Nothing more is taken, so that a reader who has stopped cannot hold up the goodbye.
        foreach (var stream in _streams)
        {
            stream.Release();
        }

        await CloseAsync();
        await _ended;
    }

    private static byte[] Message(TerminalSize size)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("Width"u8, size.Width);
            json.WriteNumber("Height"u8, size.Height);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private async Task EndAsync(PipeReader status)
    {
        var result = await StatusReader.ReadAsync(status) ?? RemoteCommandResult.Lost(_isDisposed ? "given up here" : _connection.Ending);
        foreach (var stream in _streams)
        {
            // The status is the last word: whoever reads the output sees its end now, even if the server does not close.
            stream.Release();
        }

        _completion.SetResult(result);
        await CloseAsync();
    }

    private async Task CloseAsync()
    {
        using var bound = new CancellationTokenSource(_options.LingerTimeout, _time);
        try
        {
            await _connection.CloseAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            // The kubelet takes nothing, not even a goodbye; the connection is closed all the same.
        }
    }
}
