using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Processes;

/// <summary>What the kernel says of a file.</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Owner">User ID.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Device">Device number, major and minor.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Modified">Last change of the content, seconds and nanoseconds.</param>
internal sealed unsafe record FileStatus(int Mode, uint Owner, long Size, ulong Device, ulong Inode, (long Seconds, uint Nanoseconds) Modified)
{
    // struct statx (linux/stat.h) has one layout on every architecture, unlike struct stat.
    private const int Bytes = 256;
    private const int OwnerOffset = 20;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int SizeOffset = 40;
    private const int ModifiedSecondsOffset = 112;
    private const int ModifiedNanosecondsOffset = 120;
    private const int DeviceOffset = 136;

    /// <summary>Whether it is a plain file: no link, directory, device, pipe or socket.</summary>
    public bool IsRegular => (Mode & LinuxConstants.FileTypeMask) == LinuxConstants.FileTypeRegular;

    /// <summary>Whether it belongs to the user the shim runs as.</summary>
    public bool IsOwn => Owner == Libc.GetUser();

    /// <summary>What a name stands for, a symbolic link for itself; null when nothing has that name.</summary>
    /// <exception cref="IOException">It cannot be told.</exception>
    public static FileStatus? Of(string path) => Of(LinuxConstants.AtCurrentDirectory, path, LinuxConstants.AtNoFollow);

    /// <summary>What is open.</summary>
    /// <exception cref="IOException">It cannot be told.</exception>
    public static FileStatus Of(int descriptor) => Of(descriptor, "", LinuxConstants.AtEmptyPath)!;

    /// <summary>Whether neither the file nor its content has been replaced between the two.</summary>
    public bool IsSameContent(FileStatus other) => (Device, Inode, Size, Modified) == (other.Device, other.Inode, other.Size, other.Modified);

    private static FileStatus? Of(int directory, string path, int flags)
    {
        var buffer = stackalloc byte[Bytes];
        if (Libc.Statx(directory, path, flags, LinuxConstants.StatxBasicStatus, buffer) == 0)
        {
            return Parse(new(buffer, Bytes));
        }

        return Marshal.GetLastPInvokeError() is LinuxConstants.NoSuchFile or LinuxConstants.NotDirectory
            ? null
            : throw new IOException($"statx {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static FileStatus Parse(ReadOnlySpan<byte> status) => new(
        BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]),
        BinaryPrimitives.ReadUInt32LittleEndian(status[OwnerOffset..]),
        BinaryPrimitives.ReadInt64LittleEndian(status[SizeOffset..]),
        BinaryPrimitives.ReadUInt64LittleEndian(status[DeviceOffset..]),
        BinaryPrimitives.ReadUInt64LittleEndian(status[InodeOffset..]),
        (BinaryPrimitives.ReadInt64LittleEndian(status[ModifiedSecondsOffset..]), BinaryPrimitives.ReadUInt32LittleEndian(status[ModifiedNanosecondsOffset..])));
}
