using System.Net;
using VirtualKubelet.Shim.Attach;
using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Channel;

/// <summary>One connection to a port in the job. Each direction ends on its own; the session ends when both have.</summary>
internal static class ConnectSession
{
    private static readonly TimeSpan DialBound = TimeSpan.FromSeconds(10);

    /// <summary>Dials and carries.</summary>
    /// <exception cref="SessionException">Nobody answers there, or the target broke off.</exception>
    public static async Task RunAsync(AcceptedSession session, ConnectMessage request)
    {
        if (request.Port is < 1 or > ushort.MaxValue)
        {
            throw new SessionException(ChannelErrorKind.Invalid, $"{request.Port} is no TCP port");
        }

        await using var target = await DialAsync(request.Port, session.Cancelled);
        session.Accept();
        var towards = CopyTowardsAsync(session, target);
        try
        {
            await LanePump.CopyAsync(target, session.Stdout, session.Cancelled, session.Cancelled);
            session.Stdout.End();
        }
        catch (DescriptorException e)
        {
            throw new SessionException(ChannelErrorKind.Unavailable, $"port {request.Port}: {e.Message}");
        }

        await towards;
        session.Close(ClosedMessage.Exited(0));
    }

    private static async Task CopyTowardsAsync(AcceptedSession session, DescriptorStream target)
    {
        if (await LanePump.CopyAsync(session.Stdin, target, session.Cancelled))
        {
            target.EndWriting();
        }
    }

    private static async Task<DescriptorStream> DialAsync(int port, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(DialBound);
        try
        {
            try
            {
                return await TcpDialer.DialAsync(IPAddress.Loopback, port, bound.Token);
            }
            catch (DescriptorException e) when (e.Errno == LinuxConstants.ConnectionRefused)
            {
                // Some servers listen on ::1 only.
                return await TcpDialer.DialAsync(IPAddress.IPv6Loopback, port, bound.Token);
            }
        }
        catch (DescriptorException e)
        {
            throw new SessionException(ChannelErrorKind.Unavailable, e.Errno == LinuxConstants.ConnectionRefused
                ? $"connection refused: nothing listens on port {port} of the pod's node"
                : $"cannot connect to port {port} of the pod's node: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SessionException(ChannelErrorKind.Unavailable, $"port {port} of the pod's node does not answer within {DialBound.TotalSeconds:0} s");
        }
    }
}
