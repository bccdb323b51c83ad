using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Processes;

/// <summary>A process could not be started.</summary>
internal sealed class SpawnException(int errno) : Exception(Marshal.GetPInvokeErrorMessage(errno))
{
    /// <summary>The system's error number.</summary>
    public int Errno => errno;
}
