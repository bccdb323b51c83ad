using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtualKubelet.Logs.Files;

/// <summary>What tells a file from another that has taken its name; good for comparison while one of the two is held open.</summary>
/// <param name="Device">Device number, major and minor.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="ModifiedNanoseconds">Last change of the content; it orders rotated files.</param>
/// <param name="IsLinked">Whether the file still has a name.</param>
internal readonly record struct FileStatus(ulong Device, ulong Inode, Int128 ModifiedNanoseconds, bool IsLinked)
{
    // Offsets in struct statx (linux/stat.h).
    private const int LinksOffset = 16;
    private const int InodeOffset = 32;
    private const int ModifiedSecondsOffset = 112;
    private const int ModifiedNanosecondsOffset = 120;
    private const int DeviceOffset = 136;

    /// <summary>Asks the kernel about an open file.</summary>
    public static FileStatus Of(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[LibC.StatxBytes];
        if (LibC.Statx(file, "", LibC.AtEmptyPath, LibC.StatxBasicStats, status) != 0)
        {
            throw new IOException($"statx: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var seconds = BinaryPrimitives.ReadInt64LittleEndian(status[ModifiedSecondsOffset..]);
        var nanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(status[ModifiedNanosecondsOffset..]);
        return new FileStatus(
            BinaryPrimitives.ReadUInt64LittleEndian(status[DeviceOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(status[InodeOffset..]),
            ((Int128)seconds * 1_000_000_000) + nanoseconds,
            BinaryPrimitives.ReadUInt32LittleEndian(status[LinksOffset..]) > 0);
    }

    /// <summary>Whether both are of the same file.</summary>
    public bool IsSameFile(FileStatus other) => Device == other.Device && Inode == other.Inode;
}
