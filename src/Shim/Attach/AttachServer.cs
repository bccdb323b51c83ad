using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Attach;

/// <summary>
/// Lets processes of the same user on this node attach to the pod's containers: a Unix socket on which the channel's frames are spoken. It has a name
/// that nobody could have taken before; <c>state.json</c> tells it.
/// </summary>
internal sealed class AttachServer : IDisposable
{
    private readonly DescriptorStream listener;
    private readonly AttachPoints points;
    private readonly Journal journal;
    private readonly CancellationTokenSource closing = new();

    private AttachServer(string name, DescriptorStream listener, AttachPoints points, Journal journal)
    {
        Name = name;
        this.listener = listener;
        this.points = points;
        this.journal = journal;
        _ = AcceptAsync(closing.Token);
    }

    /// <summary>The socket's name.</summary>
    public string Name { get; }

    /// <summary>Begins to listen; null, said in the journal, where that is impossible: the pod runs all the same.</summary>
    public static AttachServer? TryStart(AttachPoints points, Journal journal)
    {
        try
        {
            var name = $"vk-slurm-{Guid.NewGuid():N}";
            return new(name, UnixSocket.Listen(name), points, journal);
        }
        catch (IOException e)
        {
            journal.Report($"nobody will be able to attach to the containers: {e.Message}");
            return null;
        }
    }

    public void Dispose()
    {
        _ = closing.CancelAsync();
        listener.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var peer = await UnixSocket.AcceptAsync(listener, cancellationToken);
                if (UnixSocket.UserOf(peer) == Libc.GetUser())
                {
                    _ = ServeAsync(peer, cancellationToken);
                }
                else
                {
                    await peer.DisposeAsync();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The pod has ended.
        }
        catch (IOException e)
        {
            journal.Report($"nobody can attach any more: {e.Message}");
        }
    }

    private async Task ServeAsync(DescriptorStream peer, CancellationToken cancellationToken)
    {
        await using (peer)
        {
            try
            {
                var greeting = new ChannelGreeting { Version = ChannelLimits.Version, Program = $"vk-slurm-shim {ShimVersion.Text}" };
                await new ChannelConnection(peer, peer, greeting, session => _ = AttachSession.ServeAsync(session, points)).RunAsync(cancellationToken);
            }
            catch (Exception e) when (e is IOException or ChannelProtocolException or ObjectDisposedException)
            {
                journal.Report($"attach: {e.Message}");
            }
        }
    }
}
