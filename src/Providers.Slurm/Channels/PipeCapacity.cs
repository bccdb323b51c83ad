using System.IO.Pipes;
using System.Runtime.InteropServices;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>How much a pipe holds.</summary>
internal static partial class PipeCapacity
{
    private const int SetPipeSize = 1031;

    /// <summary>Makes room for <see cref="ChannelConnection.PipeRoom"/> bytes. False where that is refused: a user who is not root may hold 64 MiB in all (fs.pipe-user-pages-soft).</summary>
    public static bool TryRaise(StreamReader output) =>
        output.BaseStream is PipeStream { SafePipeHandle: var handle } && Fcntl(handle, SetPipeSize, ChannelConnection.PipeRoom) >= ChannelConnection.PipeRoom;

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeHandle pipe, int command, int argument);
}
