namespace VirtualKubelet.Shim.Processes;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">0 to 255; 128 + n after signal n.</param>
/// <param name="Signal">The signal that ended it, null when it exited by itself.</param>
/// <param name="At">When that was noticed.</param>
internal readonly record struct ExitStatus(int ExitCode, int? Signal, DateTimeOffset At)
{
    /// <summary>Decodes the status word of <c>waitpid</c>.</summary>
    public static ExitStatus FromWait(int status, DateTimeOffset at)
    {
        var signal = status & 0x7f;
        return signal == 0 ? new((status >> 8) & 0xff, null, at) : new(128 + signal, signal, at);
    }
}
