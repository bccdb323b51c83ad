using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>Waits, for a short while, for the one TCP connection that shows the secret of a channel.</summary>
internal sealed class DialBackListener : IDisposable
{
    private static readonly TimeSpan ConnectionBound = TimeSpan.FromSeconds(2);
    private readonly TcpListener _listener;

    private DialBackListener(TcpListener listener)
    {
        _listener = listener;
        var local = (IPEndPoint)listener.LocalEndpoint;
        Offer = new DialBackOffer(local.Address.ToString(), local.Port, RandomNumberGenerator.GetBytes(DialBackOffer.SecretLength));
    }

    /// <summary>What to tell the shim.</summary>
    public DialBackOffer Offer { get; }

    /// <summary>Listens on a port of an address; null when it cannot be listened on.</summary>
    public static DialBackListener? TryOpen(IPAddress address)
    {
        var listener = new TcpListener(address, 0);
        try
        {
            listener.Start(backlog: 4);
            return new DialBackListener(listener);
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }

    /// <summary>The address of this machine's first network interface that is up, or loopback.</summary>
    public static IPAddress HostAddress() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a))
        ?? IPAddress.Loopback;

    /// <summary>Waits for the connection; those that do not know the secret are closed.</summary>
    public async Task<NetworkStream> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = await _listener.AcceptSocketAsync(cancellationToken);
            if (await KnowsSecretAsync(socket, cancellationToken))
            {
                socket.NoDelay = true;
                return new NetworkStream(socket, ownsSocket: true);
            }

            socket.Dispose();
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task<bool> KnowsSecretAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(ConnectionBound);
        var shown = new byte[DialBackOffer.SecretLength];
        try
        {
            for (var length = 0; length < shown.Length;)
            {
                var read = await socket.ReceiveAsync(shown.AsMemory(length), bound.Token);
                if (read == 0)
                {
                    return false;
                }

                length += read;
            }

            return CryptographicOperations.FixedTimeEquals(shown, Offer.Secret);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
