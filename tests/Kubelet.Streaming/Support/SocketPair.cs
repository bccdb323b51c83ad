using System.Net;
using System.Net.Sockets;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Support;

/// <summary>Both ends of a TCP connection over loopback, as an upgrade leaves them.</summary>
internal sealed class SocketPair : IAsyncDisposable
{
    private SocketPair(Socket client, Socket server) =>
        (Client, Server, ClientSocket) = (new NetworkStream(client, ownsSocket: true), new NetworkStream(server, ownsSocket: true), client);

    public NetworkStream Client { get; }

    public NetworkStream Server { get; }

    public Socket ClientSocket { get; }

    public static async Task<SocketPair> CreateAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.LocalEndPoint!);
        var server = await listener.AcceptAsync();
        server.NoDelay = true;
        return new SocketPair(client, server);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
