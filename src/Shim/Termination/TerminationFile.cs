using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;

namespace VirtualKubelet.Shim.Termination;

/// <summary>
/// The file a run of a container may leave its termination message in. What was there before the run is not its message; the two are told apart by the
/// file's status and not by the time, because the clock of a file server is not this machine's, and some file systems count in seconds.
/// </summary>
internal sealed class TerminationFile
{
    private const int Flags = LinuxConstants.OpenReadOnly
        | LinuxConstants.OpenNonBlocking
        | LinuxConstants.OpenNoControllingTerminal
        | LinuxConstants.OpenCloseOnExec;

    private readonly string path;
    private readonly FileStatus? before;

    private TerminationFile(string path, FileStatus? before)
    {
        this.path = path;
        this.before = before;
    }

    /// <summary>Notes what is there before the run.</summary>
    /// <exception cref="IOException">It cannot be told.</exception>
    public static TerminationFile Watch(string path) => new(path, FileStatus.Of(path));

    /// <summary>The end of what the run has left there; empty when it has left nothing, or nothing that may be read.</summary>
    /// <param name="limit">Most bytes.</param>
    /// <param name="journal">Told when there is something that may not be read.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[] ReadTail(int limit, Journal journal)
    {
        // A look before opening, because opening alone can move a device; and one after, because the name may stand for something else by then.
        if (FileStatus.Of(path) is not { } named || !MayRead(named, journal))
        {
            return [];
        }

        var descriptor = Libc.Open(path, Flags | LinuxConstants.OpenNoFollow, 0);
        if (descriptor < 0)
        {
            throw new IOException($"open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        var status = FileStatus.Of(descriptor);
        return MayRead(status, journal) ? ReadTail(file, status.Size, limit) : [];
    }

    private bool MayRead(FileStatus status, Journal journal)
    {
        if (before is not null && status.IsSameContent(before))
        {
            return false;
        }

        if (status is { IsRegular: true, IsOwn: true })
        {
            return true;
        }

        journal.Report($"{path} is not read for a termination message: it is {(status.IsRegular ? "another user's" : "no regular file")}");
        return false;
    }

    private static byte[] ReadTail(SafeFileHandle file, long size, int limit)
    {
        var tail = new byte[Math.Min(size, limit)];
        var filled = 0;
        while (filled < tail.Length && RandomAccess.Read(file, tail.AsSpan(filled), size - tail.Length + filled) is > 0 and var read)
        {
            filled += read;
        }

        return tail[..filled];
    }
}
