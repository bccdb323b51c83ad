using System.Runtime.InteropServices;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Descriptors;

/// <summary>A terminal made for a process: the shim's side of it, and the path of the other.</summary>
internal sealed unsafe class PseudoTerminal : IDisposable
{
    private PseudoTerminal(DescriptorStream master, byte[] path)
    {
        Master = master;
        Path = path;
    }

    /// <summary>Reads what the process prints, writes what it is typed. Ends when no process has the terminal open any more.</summary>
    public DescriptorStream Master { get; }

    /// <summary>What the process opens.</summary>
    public byte[] Path { get; }

    /// <summary>Makes a terminal.</summary>
    /// <exception cref="IOException">The machine has none to give.</exception>
    public static PseudoTerminal Open(WindowSize size)
    {
        var descriptor = Libc.OpenTerminal(LinuxConstants.OpenReadWrite | LinuxConstants.OpenNoControllingTerminal | LinuxConstants.OpenCloseOnExec);
        if (descriptor < 0)
        {
            throw new DescriptorException("posix_openpt", Marshal.GetLastPInvokeError());
        }

        var master = new DescriptorStream(descriptor);
        try
        {
            if (Libc.GrantTerminal(descriptor) != 0 || Libc.UnlockTerminal(descriptor) != 0)
            {
                throw new DescriptorException("unlockpt", Marshal.GetLastPInvokeError());
            }

            var terminal = new PseudoTerminal(master, NameOf(descriptor));
            terminal.Resize(size);
            return terminal;
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    /// <summary>Changes the size; the foreground processes get SIGWINCH. A size of zero leaves it as it is.</summary>
    public void Resize(WindowSize size)
    {
        if (size is { Width: > 0, Height: > 0 })
        {
            // struct winsize: rows, columns and two fields nobody uses.
            var native = stackalloc ushort[4];
            (native[0], native[1], native[2], native[3]) = (size.Height, size.Width, 0, 0);
            _ = Libc.IoControl(Master.Descriptor, LinuxConstants.TerminalSetWindowSize, native);
        }
    }

    /// <summary>Sends a signal to the processes in the foreground.</summary>
    public void SignalForeground(int signal)
    {
        var group = 0;
        if (Libc.IoControl(Master.Descriptor, LinuxConstants.TerminalGetForegroundGroup, &group) == 0 && group > 0)
        {
            _ = Libc.Kill(-group, signal);
        }
    }

    public void Dispose() => Master.Dispose();

    private static byte[] NameOf(int descriptor)
    {
        const int Size = 64;
        var buffer = stackalloc byte[Size];
        var error = Libc.TerminalName(descriptor, buffer, Size);
        return error == 0
            ? MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer).ToArray()
            : throw new DescriptorException("ptsname_r", error);
    }
}
