using Microsoft.Win32.SafeHandles;
using VirtualKubelet.Shim.Processes;

namespace VirtualKubelet.Shim.Descriptors;

/// <summary>A file descriptor that is closed once nobody uses it any more, so that its number cannot become another's under a system call.</summary>
internal sealed class DescriptorHandle : SafeHandleMinusOneIsInvalid
{
    public DescriptorHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
