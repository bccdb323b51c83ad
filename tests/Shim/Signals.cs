using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Tests;

internal static partial class Signals
{
    public const int Hup = 1;
    public const int Int = 2;
    public const int Kill = 9;
    public const int Usr2 = 12;
    public const int Term = 15;

    public static void Send(int pid, int signal) => _ = KillProcess(pid, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int KillProcess(int pid, int signal);
}
