using System.Globalization;
using System.IO.Enumeration;

namespace VirtualKubelet.Shim.Processes;

/// <summary>The processes of the node as <c>/proc</c> lists them.</summary>
internal static class ProcessTable
{
    /// <summary>
    /// The children of this process that were handed to it as orphans, with those that its main thread has started; null where the kernel does not list children
    /// (CONFIG_PROC_CHILDREN). An orphan goes to the first thread of its subreaper, which is the main one: .NET never ends that.
    /// </summary>
    public static IReadOnlyList<int>? MainThreadChildren()
    {
        try
        {
            var text = File.ReadAllText($"/proc/self/task/{Environment.ProcessId}/children");
            return [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, NumberStyles.None, CultureInfo.InvariantCulture))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Kills every process of a session, whichever process group it moved to.</summary>
    public static void KillSession(int session)
    {
        // Twice, for what was forked during the first look; once when there was nobody but the leader, who may be a zombie.
        // Asking the kernel for each session costs a hundredth of reading each process's file, and an exec must not take long for its end.
        for (var pass = 0; pass < 2; pass++)
        {
            var others = Pids().Where(pid => pid != session && Libc.GetSession(pid) == session).ToList();
            others.ForEach(pid => _ = Libc.Kill(pid, LinuxConstants.SigKill));
            if (others.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>Kills every descendant of this process and waits until none is left or <paramref name="bound"/> has passed; says whether none is left.</summary>
    public static async Task<bool> KillDescendantsAsync(TimeSpan bound, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var descendants = Descendants(Environment.ProcessId);
            if (descendants.Count == 0)
            {
                return true;
            }

            descendants.ForEach(pid => _ = Libc.Kill(pid, LinuxConstants.SigKill));
            if (time.GetElapsedTime(started) > bound)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), time);
        }
    }

    private static List<int> Descendants(int root)
    {
        var children = Alive().ToLookup(p => p.ParentPid, p => p.Pid);
        var found = new List<int>();
        var open = new Stack<int>(children[root]);
        while (open.TryPop(out var pid))
        {
            found.Add(pid);
            foreach (var child in children[pid])
            {
                open.Push(child);
            }
        }

        return found;
    }

    private static FileSystemEnumerable<int> Pids() => new("/proc", (ref FileSystemEntry entry) => int.Parse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture))
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => int.TryParse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture, out _),
    };

    private static List<ProcessEntry> Alive()
    {
        var found = new List<ProcessEntry>();
        foreach (var pid in Pids())
        {
            if (Read(pid) is { State: not 'Z' and not 'X' } entry)
            {
                found.Add(entry);
            }
        }

        return found;
    }

    private static ProcessEntry? Read(int pid)
    {
        try
        {
            return ProcessEntry.Parse(pid, File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or the site hides the processes of others (hidepid), which are none of ours.
            return null;
        }
    }
}
