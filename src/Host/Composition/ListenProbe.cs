using System.Net;
using System.Net.Sockets;

namespace VirtualKubelet.Host.Composition;

/// <summary>Tries whether an address can be listened on, as Kestrel will.</summary>
internal static class ListenProbe
{
    /// <summary>Listens for a moment.</summary>
    /// <exception cref="BusyException">The port is in use, or this machine has no such address now.</exception>
    /// <exception cref="IOException">It cannot be listened on.</exception>
    public static void Try(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            // Two sockets may be bound to a port until one of them listens.
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable)
        {
            throw new BusyException($"it cannot listen on {new IPEndPoint(address, port)} ({e.Message}); free the port, or give this node another spec.kubelet.address or port", e);
        }
        catch (SocketException e)
        {
            throw new IOException($"it cannot listen on {new IPEndPoint(address, port)}: {e.Message}", e);
        }
    }
}
