using VirtualKubelet.Shim.Attach;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.State;
using VirtualKubelet.Shim.Termination;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>One run of a container, from the start of its process to the last byte of its log.</summary>
internal sealed class ContainerRun(
    ChildProcess process,
    ContainerIo io,
    LogFile log,
    TerminationMessage message,
    DateTimeOffset startedAt,
    long oomKillsBefore,
    Action ended,
    TimeProvider time)
{
    private static readonly TimeSpan DrainBound = TimeSpan.FromSeconds(2);

    // A file system that hangs for longer will not take the state either.
    private static readonly TimeSpan FlushBound = TimeSpan.FromMinutes(1);

    private const int KilledExitCode = 128 + LinuxConstants.SigKill;
    private volatile bool killed;

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt => startedAt;

    /// <summary>Its process.</summary>
    public int Pid => process.Pid;

    /// <summary>Asks it to end.</summary>
    public void Terminate() => process.SignalGroup(LinuxConstants.SigTerm);

    /// <summary>Ends it.</summary>
    public void Kill()
    {
        killed = true;
        process.SignalGroup(LinuxConstants.SigKill);
    }

    /// <summary>Waits for the end of the process and of its output.</summary>
    public async Task<ContainerTerminated> EndAsync()
    {
        var exit = await process.Exited;
        ended();
        var outOfMemory = exit.ExitCode == KilledExitCode && !killed && OomCounter.Read() > oomKillsBefore;
        var lost = await FinishOutputAsync();
        return new()
        {
            ExitCode = exit.ExitCode,
            Signal = exit.Signal,
            Reason = exit.ExitCode == 0 ? TerminatedReasons.Completed : outOfMemory ? TerminatedReasons.OomKilled : TerminatedReasons.Error,
            Message = lost,
            StartedAt = startedAt,
            FinishedAt = exit.At,
        };
    }

    /// <summary>What it left to say, once it has ended; empty when there is nothing.</summary>
    public Task<byte[]> MessageAsync(int exitCode) => message.ReadAsync(exitCode);

    /// <summary>Brings the rest of the output to disk; says what was lost of it, or null.</summary>
    private async Task<string?> FinishOutputAsync()
    {
        io.Output.Drain(DrainBound);
        try
        {
            await io.Output.Completed.WaitAsync(FlushBound, time);
        }
        catch (TimeoutException)
        {
            // Its thread still uses the descriptors, so they stay open.
            return $"the log could not be written within {FlushBound.TotalSeconds:0} s";
        }

        io.Dispose();
        log.Dispose();
        return log.DroppedBytes > 0 ? $"{log.DroppedBytes} bytes of the log were lost: {log.DropReason}" : null;
    }
}
