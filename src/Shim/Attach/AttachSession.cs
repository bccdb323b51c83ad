using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Shim.Attach;

/// <summary>One who is attached to a container, until it ends or he leaves.</summary>
internal static class AttachSession
{
    /// <summary>Serves a session; whatever happens is told to whoever asked.</summary>
    public static async Task ServeAsync(AcceptedSession session, AttachPoints points)
    {
        try
        {
            if (session.Request is not AttachMessage request)
            {
                throw new SessionException(ChannelErrorKind.Invalid, "the pod's supervisor serves attach only");
            }

            var point = points.Find(request.Container) ?? throw new SessionException(ChannelErrorKind.NotRunning, $"container \"{request.Container}\" is not running");
            await RunAsync(session, request, point);
            session.Close(ClosedMessage.Exited(0));
        }
        catch (SessionException e)
        {
            session.Close(ClosedMessage.Failed(e.Kind, e.Message));
        }
        catch (Exception e)
        {
            session.Close(ClosedMessage.Failed(ChannelErrorKind.Unavailable, e.Message));
        }
    }

    private static async Task RunAsync(AcceptedSession session, AttachMessage request, AttachPoint point)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(session.Cancelled);
        var tap = point.Taps.Add();
        point.Terminal?.Resize(new(request.Width, request.Height));
        var inputs = Task.WhenAll(CopyInputAsync(session, request, point, over.Token), ResizeAsync(session, point, over.Token));
        try
        {
            await Task.WhenAll(LaneCopy.SendAsync(tap.Stdout, session.Stdout, over.Token), LaneCopy.SendAsync(tap.Stderr, session.Stderr, over.Token));
        }
        finally
        {
            point.Taps.Remove(tap);
            tap.Complete();
            await over.CancelAsync();
            await inputs.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await tap.Stdout.CompleteAsync();
            await tap.Stderr.CompleteAsync();
        }
    }

    private static async Task CopyInputAsync(AcceptedSession session, AttachMessage request, AttachPoint point, CancellationToken cancellationToken)
    {
        if (request.Stdin && point.Input is { } input)
        {
            await input.CopyAsync(session.Stdin, cancellationToken);
        }
        else
        {
            await session.Stdin.Reader.CompleteAsync();
        }
    }

    private static async Task ResizeAsync(AcceptedSession session, AttachPoint point, CancellationToken cancellationToken)
    {
        await foreach (var size in session.Sizes.ReadAllAsync(cancellationToken))
        {
            point.Terminal?.Resize(size);
        }
    }
}
