using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Processes;

/// <summary>A pipe from a container to the shim: non-blocking on the shim's end, blocking and large on the container's.</summary>
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
