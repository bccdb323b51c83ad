using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using VirtualKubelet.Configuration;

namespace VirtualKubelet.Host.Composition;

/// <summary>Where others reach the kubelet's API of a node.</summary>
internal static class NodeAddresses
{
    /// <summary>At least one address: those of the configuration, the one that is listened on, or, where that stands for all, the first of this machine's network.</summary>
    public static IReadOnlyList<IPAddress> Of(KubeletConfiguration kubelet)
    {
        if (kubelet.NodeAddresses.Count > 0)
        {
            return kubelet.NodeAddresses;
        }

        var isAny = kubelet.Address.Equals(IPAddress.Any) || kubelet.Address.Equals(IPAddress.IPv6Any);
        return [isAny ? OfThisMachine(kubelet.Address.AddressFamily) : kubelet.Address];
    }

    // "::" listens to IPv4 as well.
    private static IPAddress OfThisMachine(AddressFamily family)
    {
        var addresses = NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i is { OperationalStatus: OperationalStatus.Up, NetworkInterfaceType: not NetworkInterfaceType.Loopback })
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
            .ToArray();
        return Array.Find(addresses, a => a.AddressFamily == family)
            ?? (family == AddressFamily.InterNetworkV6 ? addresses.FirstOrDefault() : null)
            ?? (family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
    }
}
