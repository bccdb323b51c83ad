using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Processes;

/// <summary>
/// Reaps every child, also the orphans that are handed to the shim as the subreaper of its descendants, on one thread of its own.
/// <c>System.Diagnostics.Process</c> must not be used beside it: it reaps too.
/// </summary>
internal sealed unsafe class ProcessReaper
{
    private readonly TimeProvider time;
    private readonly object gate = new();
    private readonly Dictionary<int, ChildProcess> children = [];

    public ProcessReaper(TimeProvider time) => this.time = time;

    /// <summary>Becomes the subreaper and starts the thread; once per process.</summary>
    public void Start()
    {
        if (Libc.Prctl(LinuxConstants.PrctlSetChildSubreaper, 1, 0, 0, 0) != 0)
        {
            throw new InvalidOperationException($"prctl(PR_SET_CHILD_SUBREAPER): {Marshal.GetLastPInvokeErrorMessage()}");
        }

        new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "reaper" }.Start();
    }

    /// <summary>Starts a child; the reaper cannot miss its end, however soon.</summary>
    public ChildProcess Launch(SpawnRequest request)
    {
        lock (gate)
        {
            var child = new ChildProcess(ProcessSpawner.Spawn(request));
            children.Add(child.Pid, child);
            Monitor.Pulse(gate);
            return child;
        }
    }

    private void Run()
    {
        while (true)
        {
            // Only looks: while the zombie stands, its process ID and with it the IDs of its group and session stay taken.
            Libc.SignalInfo info = default;
            if (Libc.WaitId(LinuxConstants.WaitAnyChild, 0, &info, LinuxConstants.WaitExited | LinuxConstants.WaitLeaveInPlace) == 0)
            {
                Reap(info.Pid);
            }
            else if (Marshal.GetLastPInvokeError() == LinuxConstants.NoChildren)
            {
                WaitForChild();
            }
        }
    }

    /// <summary>Sleeps until something is launched: without a child there is no descendant either, because orphans come to the shim.</summary>
    private void WaitForChild()
    {
        lock (gate)
        {
            if (children.Count == 0)
            {
                Monitor.Wait(gate);
            }
        }
    }

    /// <summary>
    /// Whether there are children that nobody launched. What a process leaves behind is handed to the shim before its end can be seen, so without orphans it has left
    /// nothing, and looking through all processes of the node is spared.
    /// </summary>
    private bool HasOrphans(int ended)
    {
        if (ProcessTable.MainThreadChildren() is not { } pids)
        {
            return true;
        }

        lock (gate)
        {
            return pids.Any(pid => pid != ended && !children.ContainsKey(pid));
        }
    }

    private void Reap(int pid)
    {
        ChildProcess? child;
        lock (gate)
        {
            children.Remove(pid, out child);
        }

        child?.EndSession(mayHaveLeftOthers: HasOrphans(pid));
        var at = time.GetUtcNow();
        int status;
        while (Libc.WaitPid(pid, &status, 0) < 0 && Marshal.GetLastPInvokeError() == LinuxConstants.Interrupted)
        {
        }

        child?.SetExited(ExitStatus.FromWait(status, at));
    }
}
