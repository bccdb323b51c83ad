using System.Runtime.InteropServices;

namespace VirtualKubelet.Host.Commands.Terminals;

/// <summary>The few system calls the BCL does not offer, or not without ideas of its own about standard input and output.</summary>
internal static partial class LibC
{
    public const int Interrupted = 4;
    public const int InputOutputError = 5;
    public const int WouldBlock = 11;
    public const int BrokenPipe = 32;

    public const short PollIn = 1;
    public const short PollOut = 4;

    /// <summary>Change terminal attributes once all output is through.</summary>
    public const int AfterOutput = 1;

    /// <summary>TIOCGWINSZ of Linux, on the architectures .NET runs on.</summary>
    public const nuint GetWindowSize = 0x5413;

    /// <summary>More than <c>struct termios</c> has anywhere.</summary>
    public const int TermiosBytes = 256;

    [LibraryImport("libc", EntryPoint = "isatty")]
    public static partial int IsATty(int file);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int TcGetAttr(int file, Span<byte> termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int TcSetAttr(int file, int when, ReadOnlySpan<byte> termios);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void CfMakeRaw(Span<byte> termios);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int file, nuint request, Span<ushort> rowsColumnsAndPixels);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int file, ReadOnlySpan<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollRequest request, nuint count, int milliseconds);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollRequest
    {
        public int File;
        public short Events;
        public short Returned;
    }
}
