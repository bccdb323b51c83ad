using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Processes;

/// <summary>Numbers of the Linux ABI, the same on x86-64 and arm64 unless they say otherwise.</summary>
internal static class LinuxConstants
{
    public const int NoSuchFile = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int ArgumentListTooLong = 7;
    public const int ExecFormat = 8;
    public const int NoChildren = 10;
    public const int TryAgain = 11;
    public const int PermissionDenied = 13;
    public const int FileExists = 17;
    public const int NotDirectory = 20;
    public const int InvalidArgument = 22;
    public const int NoSpace = 28;
    public const int BrokenPipe = 32;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int ConnectionRefused = 111;
    public const int InProgress = 115;
    public const int QuotaExceeded = 122;

    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigUsr2 = 12;
    public const int SigPipe = 13;
    public const int SigTerm = 15;
    public const int SigCont = 18;

    /// <summary><c>SIG_DFL</c>.</summary>
    public const nint SignalDefault = 0;

    public const int OpenReadOnly = 0x0;
    public const int OpenWriteOnly = 0x1;
    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x40;
    public const int OpenNoControllingTerminal = 0x100;
    public const int OpenAppend = 0x400;
    public const int OpenNonBlocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;

    /// <summary>The one flag of <c>open</c> here that is not the same everywhere.</summary>
    public static int OpenNoFollow => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    public const int AtCurrentDirectory = -100;
    public const int AtNoFollow = 0x100;
    public const int AtEmptyPath = 0x1000;
    public const uint StatxBasicStatus = 0x7ff;
    public const int FileTypeMask = 0xF000;
    public const int FileTypeRegular = 0x8000;

    public const int FcntlGetDescriptorFlags = 1;
    public const int FcntlSetDescriptorFlags = 2;
    public const int FcntlGetStatusFlags = 3;
    public const int FcntlSetStatusFlags = 4;
    public const int FcntlDuplicateCloseOnExec = 1030;
    public const int FcntlSetPipeSize = 1031;
    public const int DescriptorCloseOnExec = 1;

    public const int PollIn = 0x1;
    public const int PollOut = 0x4;

    public const int FamilyUnix = 1;
    public const int FamilyInternet = 2;
    public const int FamilyInternet6 = 10;
    public const int SocketStream = 1;
    public const int SocketLevel = 1;
    public const int SocketError = 4;
    public const int SocketPeerCredentials = 17;
    public const int TcpLevel = 6;
    public const int TcpNoDelay = 1;

    public const nuint TerminalGetForegroundGroup = 0x540F;
    public const nuint TerminalSetWindowSize = 0x5414;

    public const int WaitAnyChild = 0;
    public const int WaitExited = 0x4;
    public const int WaitLeaveInPlace = 0x01000000;

    public const int SpawnSetSignalDefault = 0x04;
    public const int SpawnSetSignalMask = 0x08;
    public const int SpawnSetSession = 0x80;

    public const nuint MountReadOnly = 0x1;
    public const nuint MountNoSetUid = 0x2;
    public const nuint MountNoDevices = 0x4;
    public const nuint MountNoExecute = 0x8;
    public const nuint MountRemount = 0x20;
    public const nuint MountBind = 0x1000;
    public const nuint MountMove = 0x2000;
    public const nuint MountRecursive = 0x4000;
    public const int UnmountDetach = 0x2;

    /// <summary><c>_LINUX_CAPABILITY_VERSION_3</c>.</summary>
    public const uint CapabilityVersion = 0x20080522;

    /// <summary>A system call that the C libraries do not wrap.</summary>
    public static nint SysPivotRoot => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 41 : 155;

    public const int PrctlSetChildSubreaper = 36;
    public const int ConfStrLibcVersion = 2;
    public const int AccessExecute = 1;
    public const int AccessWrite = 2;
}
