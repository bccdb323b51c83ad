using System.Runtime.InteropServices;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Descriptors;

/// <summary>The descriptors 0 to 2 that the shim was given.</summary>
internal static class StandardStreams
{
    /// <summary>The number of what was stderr becomes that of stdout, and the other way round: for everything from then on.</summary>
    /// <exception cref="DescriptorException">One of them is not open.</exception>
    public static void ExchangeOutputs()
    {
        var output = Libc.Fcntl(1, LinuxConstants.FcntlDuplicateCloseOnExec, 3);
        if (output < 0 || Libc.Dup2(2, 1) < 0 || Libc.Dup2(output, 2) < 0)
        {
            throw new DescriptorException("dup2", Marshal.GetLastPInvokeError());
        }

        _ = Libc.Close(output);
    }
}
