using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace VirtualKubelet.Testing;

/// <summary>
/// Lets code under test catch up with a fake clock. A bare delay gives it as long on a busy machine as on an idle one, and then an answer
/// from the next socket takes minutes on that clock. Round trips over loopback go the way of the answers and slow down with them.
/// </summary>
internal static class Pace
{
    private const int RoundTrips = 2;

    // What a request takes until its answer has been understood and acted on, in round trips of a byte.
    private const int Weight = 4;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(3);

    private static readonly ConcurrentBag<(Socket Near, Socket Far)> Idle = [];

    /// <summary>Waits as long as an answer from a server on this machine may take now.</summary>
    public static async Task KeepAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await MakeRoundTripsAsync(cancellationToken);
        var patience = Stopwatch.GetElapsedTime(began) * Weight;
        await Task.Delay(patience > Shortest ? patience : Shortest, cancellationToken);
    }

    private static async Task MakeRoundTripsAsync(CancellationToken cancellationToken)
    {
        var (near, far) = Idle.TryTake(out var pair) ? pair : await ConnectAsync(cancellationToken);
        var drop = new byte[1];
        for (var i = 0; i < RoundTrips; i++)
        {
            await PassOnAsync(near, far, drop, cancellationToken);
            await PassOnAsync(far, near, drop, cancellationToken);
        }

        Idle.Add((near, far));
    }

    // To receive first means to wait for the thread that serves all sockets, not to find the byte there already.
    private static async Task PassOnAsync(Socket from, Socket to, byte[] drop, CancellationToken cancellationToken)
    {
        var received = to.ReceiveAsync(drop, cancellationToken);
        await from.SendAsync(drop, cancellationToken);
        await received;
    }

    private static async Task<(Socket Near, Socket Far)> ConnectAsync(CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await near.ConnectAsync(listener.LocalEndPoint!, cancellationToken);
        var far = await listener.AcceptAsync(cancellationToken);
        far.NoDelay = true;
        return (near, far);
    }
}
