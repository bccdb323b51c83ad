using VirtualKubelet.Shim.Attach;
using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Channel;

/// <summary>Hands an attach on to the pod's supervisor, which holds the container's streams.</summary>
internal static class AttachRelay
{
    /// <summary>Carries everything both ways until the supervisor ends the session or whoever asked leaves.</summary>
    /// <exception cref="SessionException">The container is not running, or its supervisor cannot be reached.</exception>
    public static async Task RunAsync(AcceptedSession session, AttachMessage request, PodTarget target)
    {
        await using var stream = Dial(target.Find(request.Container).Supervisor.Socket);
        var connection = new ChannelConnection(stream, stream, new() { Version = ChannelLimits.Version, Program = $"vk-slurm-shim {ShimVersion.Text}" });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(session.Cancelled);
        var running = connection.RunAsync(over.Token);
        try
        {
            session.Close(await CarryAsync(session, connection.Open(request), over.Token));
        }
        finally
        {
            await over.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<ClosedMessage> CarryAsync(AcceptedSession session, RequestedSession inner, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outputs = Task.WhenAll(
            LaneCopy.SendAsync(inner.Stdout.Reader, session.Stdout, over.Token), LaneCopy.SendAsync(inner.Stderr.Reader, session.Stderr, over.Token));
        var inputs = Task.WhenAll(LaneCopy.SendAsync(session.Stdin.Reader, inner.Stdin, over.Token), ResizeAsync(session, inner, over.Token));
        try
        {
            var closed = await inner.Closed.WaitAsync(cancellationToken);
            if (closed.Error is null)
            {
                await outputs;
            }

            return closed;
        }
        finally
        {
            await over.CancelAsync();
            await inputs.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await outputs.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ResizeAsync(AcceptedSession session, RequestedSession inner, CancellationToken cancellationToken)
    {
        await foreach (var size in session.Sizes.ReadAllAsync(cancellationToken))
        {
            await inner.ResizeAsync(size);
        }
    }

    private static DescriptorStream Dial(string? name)
    {
        if (name is null)
        {
            throw new SessionException(ChannelErrorKind.Unavailable, "the pod's supervisor has no socket to attach through; job.out says why");
        }

        try
        {
            var stream = UnixSocket.Dial(name);
            if (UnixSocket.UserOf(stream) == Libc.GetUser())
            {
                return stream;
            }

            stream.Dispose();
        }
        catch (IOException e)
        {
            throw new SessionException(ChannelErrorKind.Unavailable, $"the pod's supervisor does not answer: {e.Message}");
        }

        throw new SessionException(ChannelErrorKind.Unavailable, $"the socket @{name} belongs to another user");
    }
}
