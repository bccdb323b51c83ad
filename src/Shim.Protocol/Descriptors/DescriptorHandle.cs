using Microsoft.Win32.SafeHandles;

namespace VirtualKubelet.Shim.Protocol.Descriptors;

/// <summary>A file descriptor that is closed once nobody uses it any more, so that its number cannot become another's under a system call.</summary>
public sealed class DescriptorHandle : SafeHandleMinusOneIsInvalid
{
    /// <summary>Owns the descriptor from now on.</summary>
    public DescriptorHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => DescriptorCalls.Close((int)handle) == 0;
}
