using System.Globalization;

namespace VirtualKubelet.Shim.Processes;

/// <summary>Keeps descriptors that the shim was started with away from the containers.</summary>
internal static class InheritedDescriptors
{
    /// <summary>Makes every descriptor but 0, 1 and 2 close-on-exec; .NET opens its own that way.</summary>
    public static void CloseOnExec()
    {
        foreach (var path in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            var descriptor = int.Parse(Path.GetFileName(path.AsSpan()), CultureInfo.InvariantCulture);
            if (descriptor > 2)
            {
                // Fails for the descriptor of the listing itself, which is gone by now.
                _ = Libc.Fcntl(descriptor, LinuxConstants.FcntlSetDescriptorFlags, LinuxConstants.DescriptorCloseOnExec);
            }
        }
    }
}
