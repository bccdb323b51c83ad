using System.Runtime.InteropServices;

namespace VirtualKubelet.Providers.Slurm.Volumes;

/// <summary>What .NET does not offer: it renames no symbolic link that leads to a directory.</summary>
internal static partial class LibC
{
    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);
}
