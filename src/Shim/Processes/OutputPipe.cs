using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Processes;

/// <summary>What a container writes and the shim reads: a pipe, non-blocking on the shim's end, blocking and large on the container's; or a terminal.</summary>
internal sealed unsafe class OutputPipe : IDisposable
{
    private const int Capacity = 1024 * 1024;
    private int readEnd;
    private int writeEnd;

    public OutputPipe()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe2(ends, LinuxConstants.OpenCloseOnExec) != 0)
        {
            throw new IOException($"pipe: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        (readEnd, writeEnd) = (ends[0], ends[1]);
        _ = Libc.Fcntl(readEnd, LinuxConstants.FcntlSetStatusFlags, LinuxConstants.OpenNonBlocking);

        // Refused when the user already holds pipe-user-pages-soft pages; the default of 64 KiB works too.
        _ = Libc.Fcntl(readEnd, LinuxConstants.FcntlSetPipeSize, Capacity);
    }

    /// <summary>A copy of the shim's side of a terminal; -1 stands for an output that has ended.</summary>
    public OutputPipe(int terminal)
    {
        readEnd = terminal < 0 ? -1 : Libc.Fcntl(terminal, LinuxConstants.FcntlDuplicateCloseOnExec, 0);
        writeEnd = -1;
        if (readEnd < 0 && terminal >= 0)
        {
            throw new IOException($"fcntl: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>The shim's end; -1 once closed.</summary>
    public int ReadEnd => readEnd;

    /// <summary>The container's end.</summary>
    public int WriteEnd => writeEnd;

    /// <summary>Closes the shim's copy of the container's end, without which the end of the output would never be seen.</summary>
    public void CloseWriteEnd() => Close(ref writeEnd);

    /// <summary>Closes the shim's end.</summary>
    public void CloseReadEnd() => Close(ref readEnd);

    public void Dispose()
    {
        CloseWriteEnd();
        CloseReadEnd();
    }

    private static void Close(ref int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = Libc.Close(descriptor);
            descriptor = -1;
        }
    }
}
