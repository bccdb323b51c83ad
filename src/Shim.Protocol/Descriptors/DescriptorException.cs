using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Protocol.Descriptors;

/// <summary>A system call on a descriptor failed.</summary>
public sealed class DescriptorException(string call, int errno) : IOException($"{call}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    /// <summary>The system's error number.</summary>
    public int Errno => errno;
}
