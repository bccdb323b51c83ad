using System.Runtime.InteropServices;
using VirtualKubelet.Logs.Writing;
using VirtualKubelet.Shim.Processes;

namespace VirtualKubelet.Shim.Output;

/// <summary>
/// One CRI log file, appended to with one <c>write</c> per batch. A full or broken disk never stops the container: what cannot be written is dropped and counted,
/// and the next batch is tried again.
/// </summary>
internal sealed unsafe class LogFile : ICriSink, IDisposable
{
    // CreateDirectory gives its mode to the last directory only.
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string path;
    private readonly Journal journal;
    private int descriptor;
    private bool torn;

    private LogFile(string path, int descriptor, Journal journal)
    {
        this.path = path;
        this.descriptor = descriptor;
        this.journal = journal;
    }

    /// <summary>Bytes of records that could not be written.</summary>
    public long DroppedBytes { get; private set; }

    /// <summary>Why the last of them could not, in the system's words.</summary>
    public string? DropReason { get; private set; }

    /// <summary>Opens or creates it (0600), together with its directories (0700).</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created.</exception>
    public static LogFile Open(string path, Journal journal)
    {
        var directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!, PrivateDirectory);
        Directory.CreateDirectory(directory, PrivateDirectory);
        const int Flags = LinuxConstants.OpenWriteOnly | LinuxConstants.OpenAppend | LinuxConstants.OpenCreate | LinuxConstants.OpenCloseOnExec;
        var descriptor = Libc.Open(path, Flags, 0b110_000_000);
        return descriptor >= 0
            ? new(path, descriptor, journal)
            : throw new IOException($"open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public void Write(ReadOnlySpan<byte> records)
    {
        // A record that was cut by a full disk must not swallow the one after it.
        if (torn && TryWrite("\n"u8) == 1)
        {
            torn = false;
        }

        var written = TryWrite(records);
        if (written < records.Length)
        {
            torn |= written > 0;
            Drop(records.Length - written);
        }
    }

    /// <summary>Waits until the content is on disk.</summary>
    public void Sync()
    {
        // Refused with EINVAL where there is nothing to wait for (a device); a failing disk has been reported by the writes, or is now.
        if (Libc.Fsync(descriptor) != 0
            && Marshal.GetLastPInvokeError() is var error and (LinuxConstants.InputOutput or LinuxConstants.NoSpace or LinuxConstants.QuotaExceeded))
        {
            journal.Report($"{path}: fsync: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    public void Dispose()
    {
        if (descriptor >= 0)
        {
            _ = Libc.Close(descriptor);
            descriptor = -1;
        }
    }

    private int TryWrite(ReadOnlySpan<byte> bytes)
    {
        var written = 0;
        fixed (byte* start = bytes)
        {
            while (written < bytes.Length)
            {
                var count = Libc.Write(descriptor, start + written, (nuint)(bytes.Length - written));
                if (count > 0)
                {
                    written += (int)count;
                }
                else if (count == 0 || Marshal.GetLastPInvokeError() != LinuxConstants.Interrupted)
                {
                    break;
                }
            }
        }

        return written;
    }

    private void Drop(int count)
    {
        var reason = Marshal.GetLastPInvokeErrorMessage();
        if (DroppedBytes == 0)
        {
            journal.Report($"{path}: {reason}; output is being dropped");
        }

        DroppedBytes += count;
        DropReason = reason;
    }
}
