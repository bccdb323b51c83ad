using System.Buffers.Binary;
using System.Runtime.InteropServices;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Mounts;

/// <summary>Changes what is mounted where, in the mount namespace of this process.</summary>
/// <remarks>Each member throws a <see cref="DescriptorException"/>, an <see cref="IOException"/>, with the system's words.</remarks>
internal static unsafe class FileSystems
{
    // struct statvfs of glibc and musl on 64-bit Linux: nine words, then the flags. Their bits are those of mount(2).
    private const int StatBytes = 256;
    private const int StatFlagsOffset = 72;

    /// <summary>Mounts an empty file system in memory.</summary>
    public static void Temporary(string target) => Mount("vk-slurm", target, "tmpfs", LinuxConstants.MountNoSetUid | LinuxConstants.MountNoDevices, "mode=0755");

    /// <summary>Lets a file or directory appear at another place as well, with whatever is mounted in it.</summary>
    public static void Bind(string source, string target) => Mount(source, target, null, LinuxConstants.MountBind | LinuxConstants.MountRecursive);

    /// <summary>Takes a mount, with those in it, to another place.</summary>
    public static void Move(string source, string target) => Mount(source, target, null, LinuxConstants.MountMove);

    /// <summary>Forbids writing through one mount.</summary>
    public static void MakeReadOnly(string target) =>
        Mount(null, target, null, LinuxConstants.MountBind | LinuxConstants.MountRemount | LinuxConstants.MountReadOnly | Restrictions(target));

    /// <summary>Takes a mount, with those in it, out of sight.</summary>
    public static void Detach(string target) => Check(Libc.Unmount(target, LinuxConstants.UnmountDetach), $"umount {target}");

    /// <summary>Makes a directory that something is mounted on the root of this process and of all it starts.</summary>
    public static void BecomeRoot(string directory)
    {
        Check(Libc.ChangeDirectory(directory), $"chdir {directory}");
        var here = stackalloc byte[] { (byte)'.', 0 };

        // With both names the same the old root lies on the new one afterwards (pivot_root(2), NOTES), so that no directory is needed for it.
        if (Libc.SystemCall(LinuxConstants.SysPivotRoot, here, here) == 0)
        {
            Detach(".");
        }
        else if (Marshal.GetLastPInvokeError() == LinuxConstants.InvalidArgument)
        {
            // The machine's own root is an initial RAM file system, as on diskless nodes. After chroot a process may not make user namespaces, so it is second best.
            Check(Libc.ChangeRoot("."), $"chroot {directory}");
        }
        else
        {
            throw new DescriptorException($"pivot_root {directory}", Marshal.GetLastPInvokeError());
        }

        Check(Libc.ChangeDirectory("/"), "chdir /");
    }

    // A mount that came with a user namespace may not lose its restrictions: a remount that does not repeat them is refused.
    private static nuint Restrictions(string target)
    {
        var status = stackalloc byte[StatBytes];
        Check(Libc.StatFileSystem(target, status), $"statvfs {target}");
        var flags = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(status, StatBytes)[StatFlagsOffset..]);
        return (nuint)flags & (LinuxConstants.MountNoSetUid | LinuxConstants.MountNoDevices | LinuxConstants.MountNoExecute);
    }

    private static void Mount(string? source, string target, string? type, nuint flags, string? options = null) =>
        Check(Libc.Mount(source, target, type, flags, options), $"mount {target}");

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new DescriptorException(call, Marshal.GetLastPInvokeError());
        }
    }
}
