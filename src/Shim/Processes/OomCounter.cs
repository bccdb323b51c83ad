using System.Globalization;

namespace VirtualKubelet.Shim.Processes;

/// <summary>How many processes the kernel has killed for want of memory in the shim's own memory cgroup, which Slurm makes per job step.</summary>
internal static class OomCounter
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>The count so far; 0 where no memory cgroup can be read.</summary>
    public static long Read()
    {
        try
        {
            return Files().Select(Count).FirstOrDefault(c => c is not null) ?? 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without the counter a kill for want of memory is reported as the SIGKILL that it is.
            return 0;
        }
    }

    /// <summary>Candidates in order: v1 (its memory controller hides that of v2), v2, each also as a container sees it that has its cgroup mounted as the root.</summary>
    private static List<string> Files()
    {
        var files = new List<string>();
        foreach (var line in File.ReadLines("/proc/self/cgroup"))
        {
            var fields = line.Split(':', 3);
            if (fields.Length == 3 && fields[1].Split(',').Contains("memory"))
            {
                files.Insert(0, $"{Root}/memory/memory.oom_control");
                files.Insert(0, $"{Root}/memory{fields[2]}/memory.oom_control");
            }
            else if (fields.Length == 3 && fields[0] == "0")
            {
                files.Add($"{Root}{fields[2]}/memory.events");
                files.Add($"{Root}/memory.events");
            }
        }

        return files;
    }

    private static long? Count(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("oom_kill ", StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan(9), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
    }
}
