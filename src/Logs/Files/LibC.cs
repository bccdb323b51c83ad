using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtualKubelet.Logs.Files;

/// <summary>The few system calls the BCL does not offer.</summary>
internal static partial class LibC
{
    public const int StatxBytes = 256;
    public const int AtEmptyPath = 0x1000;
    public const uint StatxBasicStats = 0x7ff;

    public const int InotifyCloseOnExec = 0x80000;
    public const uint InModify = 0x2;
    public const uint InMovedTo = 0x80;
    public const uint InCreate = 0x100;
    public const uint InDeleteSelf = 0x400;
    public const uint InOverflow = 0x4000;

    // statx has one layout on every architecture, unlike stat.
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(SafeFileHandle directory, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int InotifyAddWatch(SafeFileHandle inotify, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int InotifyRemoveWatch(SafeFileHandle inotify, int watch);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, Span<byte> buffer, nint count);
}
