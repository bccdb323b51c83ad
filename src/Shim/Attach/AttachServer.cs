using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Shim.Attach;

/// <summary>
/// Lets processes of the same user on this node attach to the pod's containers: a Unix socket in a directory that only the user can enter, on which the
/// channel's frames are spoken. The directory has a name nobody could have taken before; <c>state.json</c> tells it.
/// </summary>
internal sealed class AttachServer : IDisposable
{
    private readonly string directory;
    private readonly DescriptorStream listener;
    private readonly AttachPoints points;
    private readonly Journal journal;
    private readonly CancellationTokenSource closing = new();

    private AttachServer(string directory, DescriptorStream listener, AttachPoints points, Journal journal)
    {
        this.directory = directory;
        this.listener = listener;
        this.points = points;
        this.journal = journal;
        _ = AcceptAsync(closing.Token);
    }

    /// <summary>Where it listens.</summary>
    public string Path => PathIn(directory);

    /// <summary>Begins to listen; null, said in the journal, where there is no directory for it: the pod runs all the same.</summary>
    public static AttachServer? TryStart(AttachPoints points, Journal journal)
    {
        string? directory = null;
        try
        {
            // Made for the user alone (0700). A path that is too long for a socket is one of a site's own TMPDIR.
            directory = Directory.CreateTempSubdirectory("vk-slurm-").FullName;
            return new(directory, UnixSocket.Listen(PathIn(directory)), points, journal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            journal.Report($"nobody will be able to attach to the containers: {e.Message}");
            if (directory is not null)
            {
                Directory.Delete(directory, recursive: true);
            }

            return null;
        }
    }

    public void Dispose()
    {
        _ = closing.CancelAsync();
        listener.Dispose();
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (IOException e)
        {
            journal.Report($"{directory}: {e.Message}");
        }
    }

    private static string PathIn(string directory) => System.IO.Path.Combine(directory, "attach.sock");

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
