namespace VirtualKubelet.Shim.Processes;

/// <summary>
/// Starts a process in a session of its own, default signal dispositions (.NET ignores SIGPIPE) and an empty signal mask.
/// All other descriptors of the shim are close-on-exec (<see cref="InheritedDescriptors"/>).
/// </summary>
internal static unsafe class ProcessSpawner
{
    // glibc's types have 336, 80 and 128 bytes, musl's are no larger.
    private const int OpaqueSize = 512;

    /// <summary>Starts it and returns its process ID.</summary>
    /// <exception cref="SpawnException">The system refused, with <c>exec</c>'s own error.</exception>
    public static int Spawn(SpawnRequest request)
    {
        var actions = stackalloc byte[OpaqueSize];
        var attributes = stackalloc byte[OpaqueSize];
        Check(Libc.FileActionsInit(actions));
        try
        {
            Check(Libc.SpawnAttributesInit(attributes));
            try
            {
                SetAttributes(attributes);
                return Spawn(request, actions, attributes);
            }
            finally
            {
                _ = Libc.SpawnAttributesDestroy(attributes);
            }
        }
        finally
        {
            _ = Libc.FileActionsDestroy(actions);
        }
    }

    private static void SetAttributes(byte* attributes)
    {
        var signals = stackalloc byte[OpaqueSize];
        Check(Libc.SignalSetEmpty(signals));
        Check(Libc.SpawnAttributesSetSignalMask(attributes, signals));

        // Every bit rather than sigfillset, which leaves out glibc's own two signals; posix_spawn would leave those ignored.
        new Span<byte>(signals, OpaqueSize).Fill(0xff);
        Check(Libc.SpawnAttributesSetSignalDefault(attributes, signals));
        Check(Libc.SpawnAttributesSetFlags(
            attributes,
            LinuxConstants.SpawnSetSession | LinuxConstants.SpawnSetSignalMask | LinuxConstants.SpawnSetSignalDefault));
    }

    private static int Spawn(SpawnRequest request, byte* actions, byte* attributes)
    {
        using var path = new NativeStrings([request.Path]);
        using var arguments = new NativeStrings(request.Arguments);
        using var environment = new NativeStrings(request.Environment);
        using var directory = new NativeStrings(request.WorkingDirectory is { } d ? [d] : []);
        using var stdin = new NativeStrings([request.Terminal ?? "/dev/null"u8.ToArray()]);
        if (request.Stdin is { } descriptor)
        {
            Check(Libc.FileActionsAddDup2(actions, descriptor, 0));
        }
        else
        {
            // A terminal becomes the controlling one because the leader of a session without one opens it.
            Check(Libc.FileActionsAddOpen(actions, 0, stdin.First, request.Terminal is null ? 0 : LinuxConstants.OpenReadWrite, 0));
        }

        Check(Libc.FileActionsAddDup2(actions, request.Stdout, 1));
        Check(Libc.FileActionsAddDup2(actions, request.Stderr, 2));
        if (request.Report is { } report)
        {
            // Onto itself it would stay close-on-exec in older C libraries, but the shim's own lowest descriptors are taken long before.
            Check(Libc.FileActionsAddDup2(actions, report, SpawnRequest.ReportDescriptor));
        }

        if (directory.First != null)
        {
            Check(Libc.FileActionsAddChdir(actions, directory.First));
        }

        int pid;
        Check(Libc.PosixSpawn(&pid, path.First, actions, attributes, arguments.Pointers, environment.Pointers));
        return pid;
    }

    private static void Check(int errno)
    {
        if (errno != 0)
        {
            throw new SpawnException(errno);
        }
    }
}
