using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Descriptors;

/// <summary>A system call on a descriptor failed.</summary>
internal sealed class DescriptorException(string call, int errno) : IOException($"{call}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    /// <summary>The system's error number.</summary>
    public int Errno => errno;
}
