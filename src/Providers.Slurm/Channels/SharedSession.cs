using System.Threading.Channels;
using VirtualKubelet.Shim.Protocol.Channel;
using ChannelClosedException = VirtualKubelet.Shim.Protocol.Channel.ChannelClosedException;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>One session through a shared channel, which is kept open as long as the session is.</summary>
internal sealed class SharedSession : IAsyncDisposable
{
    private readonly string _kind;
    private readonly PodChannelSlot _slot;
    private readonly PodChannels _channels;
    private int _isDisposed;

    public SharedSession(string kind, RequestedSession session, PodChannelSlot slot, PodChannels channels)
    {
        _kind = kind;
        _slot = slot;
        _channels = channels;
        Session = session;
        SlurmMetrics.SessionBegan(kind);
    }

    /// <summary>The session.</summary>
    public RequestedSession Session { get; }

    /// <summary>How it ended.</summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.Unavailable"/>: the channel ended first.</exception>
    public async Task<ClosedMessage> ClosedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Session.Closed.WaitAsync(cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw await FailedAsync(e);
        }
    }

    /// <summary>What to tell when the channel has ended.</summary>
    public async Task<ProviderException> FailedAsync(ChannelClosedException reason) =>
        new(ProviderErrorKind.Unavailable, await _slot.Channel.Result.ExplainAsync(reason.Message), reason);

    /// <summary>Carries the streams until the session has ended and everything it printed was written.</summary>
    public async Task<ClosedMessage> CarryAsync(ContainerStreams streams, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outputs = Task.WhenAll(
            LaneCopy.ReceiveAsync(Session.Stdout, streams.Stdout, over.Token), LaneCopy.ReceiveAsync(Session.Stderr, streams.Stderr, over.Token));
        var inputs = Task.WhenAll(LaneCopy.SendAsync(streams.Stdin, Session.Stdin, over.Token), ResizeAsync(streams.Resizes, over.Token));
        try
        {
            var closed = await ClosedAsync(cancellationToken);
            if (closed.Error is null)
            {
                await outputs;
            }

            return closed;
        }
        finally
        {
            // Before the caller has its streams back, nobody else may hold them.
            await over.CancelAsync();
            await inputs.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await outputs.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends the session, if it has not, and lets go of the channel.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Session.Cancel();
            SlurmMetrics.SessionEnded(_kind);
            _channels.Return(_slot);
        }

        return ValueTask.CompletedTask;
    }

    private async Task ResizeAsync(ChannelReader<TerminalSize>? sizes, CancellationToken cancellationToken)
    {
        if (sizes is null)
        {
            return;
        }

        await foreach (var size in sizes.ReadAllAsync(cancellationToken))
        {
            await Session.ResizeAsync(new WindowSize(size.Width, size.Height));
        }
    }
}
