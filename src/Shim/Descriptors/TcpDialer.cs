using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Descriptors;

/// <summary>Opens TCP connections.</summary>
internal static class TcpDialer
{
    /// <summary>Dials an address.</summary>
    /// <exception cref="DescriptorException">There is no connection to be had.</exception>
    public static async Task<DescriptorStream> DialAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var native = Encode(address, port);
        var stream = Open(native);
        try
        {
            if (Connect(stream.Descriptor, native) is var error and not 0)
            {
                if (error != LinuxConstants.InProgress)
                {
                    throw new DescriptorException("connect", error);
                }

                await DescriptorPoller.Shared.WaitAsync(stream.Descriptor, forRead: false, cancellationToken);
                Check(stream.Descriptor);
            }

            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static unsafe DescriptorStream Open(byte[] address)
    {
        var descriptor = Libc.Socket(address[0], LinuxConstants.SocketStream | LinuxConstants.OpenCloseOnExec | LinuxConstants.OpenNonBlocking, 0);
        if (descriptor < 0)
        {
            throw new DescriptorException("socket", Marshal.GetLastPInvokeError());
        }

        // Keystrokes must not wait for each other.
        var one = 1;
        _ = Libc.SetSocketOption(descriptor, LinuxConstants.TcpLevel, LinuxConstants.TcpNoDelay, &one, sizeof(int));
        return new(descriptor);
    }

    private static unsafe int Connect(int descriptor, byte[] address)
    {
        fixed (byte* start = address)
        {
            return Libc.Connect(descriptor, start, (uint)address.Length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private static unsafe void Check(int descriptor)
    {
        var error = 0;
        uint length = sizeof(int);
        _ = Libc.GetSocketOption(descriptor, LinuxConstants.SocketLevel, LinuxConstants.SocketError, &error, &length);
        if (error != 0)
        {
            throw new DescriptorException("connect", error);
        }
    }

    /// <summary><c>struct sockaddr_in</c> or <c>sockaddr_in6</c>; the family stands first, in the machine's (little-endian) order.</summary>
    private static byte[] Encode(IPAddress address, int port)
    {
        var bytes = address.GetAddressBytes();
        var native = new byte[bytes.Length == 4 ? 16 : 28];
        native[0] = (byte)(bytes.Length == 4 ? LinuxConstants.FamilyInternet : LinuxConstants.FamilyInternet6);
        BinaryPrimitives.WriteUInt16BigEndian(native.AsSpan(2), (ushort)port);
        bytes.CopyTo(native, bytes.Length == 4 ? 4 : 8);
        return native;
    }
}
