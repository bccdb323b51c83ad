using System.Globalization;

namespace VirtualKubelet.Shim.Processes;

/// <summary>The processes of the node as <c>/proc</c> lists them.</summary>
internal static class ProcessTable
{
    /// <summary>Kills every process of a session, whichever process group it moved to.</summary>
    public static void KillSession(int session)
    {
        // Twice, for what was forked during the first look.
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var process in Alive().Where(p => p.Session == session))
            {
                _ = Libc.Kill(process.Pid, LinuxConstants.SigKill);
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

    private static List<ProcessEntry> Alive()
    {
        var found = new List<ProcessEntry>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Read(pid) is { State: not 'Z' and not 'X' } entry)
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
