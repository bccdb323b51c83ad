using System.Runtime.InteropServices;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Descriptors;

/// <summary>A new pipe between the shim and a process it is about to start.</summary>
/// <param name="Shim">The shim's end.</param>
/// <param name="Process">The process's end: blocking, to be closed here once the process has it.</param>
internal sealed record PipePair(DescriptorStream Shim, DescriptorHandle Process) : IDisposable
{
    private const int Capacity = 256 * 1024;

    /// <summary>The number of <see cref="Process"/>.</summary>
    public int ProcessEnd => (int)Process.DangerousGetHandle();

    /// <summary>A pipe the shim reads.</summary>
    public static PipePair ForReading()
    {
        var (readEnd, writeEnd) = Create();

        // Refused when the user already holds pipe-user-pages-soft pages; the default of 64 KiB works too.
        _ = Libc.Fcntl(readEnd, LinuxConstants.FcntlSetPipeSize, Capacity);
        return new(new(readEnd), new(writeEnd));
    }

    /// <summary>A pipe the shim writes.</summary>
    public static PipePair ForWriting()
    {
        var (readEnd, writeEnd) = Create();
        return new(new(writeEnd), new(readEnd));
    }

    public void Dispose()
    {
        Process.Dispose();
        Shim.Dispose();
    }

    private static unsafe (int ReadEnd, int WriteEnd) Create()
    {
        var ends = stackalloc int[2];
        return Libc.Pipe2(ends, LinuxConstants.OpenCloseOnExec) == 0
            ? (ends[0], ends[1])
            : throw new DescriptorException("pipe2", Marshal.GetLastPInvokeError());
    }
}
