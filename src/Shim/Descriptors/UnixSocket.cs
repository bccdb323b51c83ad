using System.Runtime.InteropServices;
using System.Text;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Descriptors;

/// <summary>
/// Unix sockets of the abstract namespace (unix(7)), and who is at the other end of one. They have no file: nothing stays behind when their process is
/// killed. Nor are there permissions, so both ends have to look at <see cref="UserOf"/>.
/// </summary>
internal static class UnixSocket
{
    private const int Flags = LinuxConstants.SocketStream | LinuxConstants.OpenCloseOnExec | LinuxConstants.OpenNonBlocking;

    // struct sockaddr_un: two bytes of family, 108 of path; a NUL at its start makes it an abstract name.
    private const int NameStart = 3;
    private const int LongestName = 107;

    /// <summary>Listens under a name that nobody has.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public static DescriptorStream Listen(string name) => Open(name, "bind", (descriptor, address) =>
        Bind(descriptor, address) && Libc.Listen(descriptor, backlog: 64) == 0);

    /// <summary>Connects to a name.</summary>
    /// <exception cref="IOException">Nobody listens there.</exception>
    public static DescriptorStream Dial(string name) => Open(name, "connect", Connect);

    /// <summary>Waits for the next who connects.</summary>
    /// <exception cref="IOException">The socket failed.</exception>
    public static async Task<DescriptorStream> AcceptAsync(DescriptorStream listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryAccept(listener.Descriptor, out var error) is { } peer)
            {
                return peer;
            }

            if (error is not (LinuxConstants.TryAgain or LinuxConstants.Interrupted or LinuxConstants.ConnectionAborted))
            {
                throw new DescriptorException("accept", error);
            }

            await listener.WaitReadableAsync(cancellationToken);
        }
    }

    /// <summary>The user at the other end, as the kernel knows him.</summary>
    public static unsafe uint UserOf(DescriptorStream peer)
    {
        // struct ucred: process, user, group.
        var credentials = stackalloc uint[3];
        uint length = 3 * sizeof(uint);
        return Libc.GetSocketOption(peer.Descriptor, LinuxConstants.SocketLevel, LinuxConstants.SocketPeerCredentials, credentials, &length) == 0
            ? credentials[1]
            : throw new DescriptorException("getsockopt", Marshal.GetLastPInvokeError());
    }

    private static DescriptorStream Open(string name, string call, Func<int, byte[], bool> use)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length is 0 or > LongestName)
        {
            throw new IOException($"\"{name}\" is not the name of a socket");
        }

        // The length of the address is the end of the name: bytes after it would count as part of it.
        var address = new byte[NameStart + bytes.Length];
        address[0] = LinuxConstants.FamilyUnix;
        bytes.CopyTo(address, NameStart);
        var descriptor = Libc.Socket(LinuxConstants.FamilyUnix, Flags, 0);
        if (descriptor < 0)
        {
            throw new DescriptorException("socket", Marshal.GetLastPInvokeError());
        }

        var stream = new DescriptorStream(descriptor);
        if (use(descriptor, address))
        {
            return stream;
        }

        var error = Marshal.GetLastPInvokeError();
        stream.Dispose();
        throw new DescriptorException($"{call} @{name}", error);
    }

    private static unsafe bool Bind(int descriptor, byte[] address)
    {
        fixed (byte* start = address)
        {
            return Libc.Bind(descriptor, start, (uint)address.Length) == 0;
        }
    }

    private static unsafe bool Connect(int descriptor, byte[] address)
    {
        fixed (byte* start = address)
        {
            return Libc.Connect(descriptor, start, (uint)address.Length) == 0;
        }
    }

    private static unsafe DescriptorStream? TryAccept(int listener, out int error)
    {
        var descriptor = Libc.Accept(listener, null, null, LinuxConstants.OpenCloseOnExec | LinuxConstants.OpenNonBlocking);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new(descriptor);
    }
}
