namespace VirtualKubelet.Shim.Processes;

/// <summary>A process the shim started, leader of its own session and process group.</summary>
internal sealed class ChildProcess(int pid)
{
    // Continuations must not run on the reaper's thread: they write files.
    private readonly TaskCompletionSource<ExitStatus> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private bool gone;

    /// <summary>Process ID, also the ID of the session and of the process group.</summary>
    public int Pid => pid;

    /// <summary>Completes when the process has ended and what was left of its session has been killed.</summary>
    public Task<ExitStatus> Exited => exited.Task;

    /// <summary>Sends a signal to the process group; nothing once the process has ended.</summary>
    public void SignalGroup(int signal)
    {
        lock (gate)
        {
            // After the reaping the number may belong to someone else.
            if (!gone)
            {
                _ = Libc.Kill(-pid, signal);
            }
        }
    }

    /// <summary>Called by the reaper while the process is still a zombie, so that its ID cannot have been given to another.</summary>
    /// <param name="mayHaveLeftOthers">Whether processes that it has started may still be there.</param>
    internal void EndSession(bool mayHaveLeftOthers)
    {
        lock (gate)
        {
            gone = true;
        }

        _ = Libc.Kill(-pid, LinuxConstants.SigKill);
        if (!mayHaveLeftOthers)
        {
            return;
        }

        try
        {
            ProcessTable.KillSession(pid);
        }
        catch (IOException)
        {
            // Without /proc (no free descriptor, say) what left the group lives until the end of the pod; the reaper must live longer.
        }
    }

    internal void SetExited(ExitStatus status) => exited.TrySetResult(status);
}
