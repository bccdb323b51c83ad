using System.Net;
using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Channel;

/// <summary>
/// Dials the agent back where it offers that: Slurm's own pipes carry a tenth of what a TCP connection does. Sessions run meanwhile; where the
/// agent cannot be reached they stay where they are.
/// </summary>
internal static class DialBack
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    /// <summary>Waits for the agent's greeting and dials; the agent's switch does the rest.</summary>
    public static async Task RunAsync(ChannelConnection connection, Journal journal, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        DescriptorStream? stream = null;
        try
        {
            var greeting = await connection.Greeted.WaitAsync(bound.Token);
            if (greeting.DialBack is { Secret: not null } offer && IPAddress.TryParse(offer.Address, out var address))
            {
                bound.CancelAfter(Bound);
                stream = await TcpDialer.DialAsync(address, offer.Port, bound.Token);

                // Before the agent knows: its switch may be quicker than we are.
                connection.Offer(stream);
                await stream.WriteAsync(offer.Secret, bound.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ChannelClosedException)
        {
            if (stream is null && !cancellationToken.IsCancellationRequested)
            {
                journal.Report($"the agent cannot be dialled back, all data stays on Slurm's own pipes: {e.Message}");
            }
        }
    }
}
