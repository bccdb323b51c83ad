using System.Text;
using System.Text.RegularExpressions;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>What Slurm has written into a job's own output. The containers' output is elsewhere.</summary>
internal static partial class JobOutput
{
    private const int TailBytes = 4096;

    /// <summary>
    /// What slurmstepd says when it kills a step for its memory, across its accounting (<c>jobacct_gather</c>, after which the job is merely FAILED) and its cgroups.
    /// </summary>
    private static readonly string[] MemoryWords = ["exceeded memory limit", "Exceeded job memory limit", "oom-kill", "oom_kill"];

    /// <summary>The first line with which Slurm has killed the job for its memory; null when there is none.</summary>
    public static string? MemoryComplaint(string path)
    {
        string tail;
        try
        {
            tail = ReadTail(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not there, or not yet: the verdict is then what the job's state says.
            return null;
        }

        return tail.Split('\n', StringSplitOptions.TrimEntries)
            .FirstOrDefault(line => SlurmsOwn().IsMatch(line) && MemoryWords.Any(words => line.Contains(words, StringComparison.Ordinal)));
    }

    /// <summary>How slurmstepd begins its lines; since 26.05 with the time (LogTimeFormat) instead of its name.</summary>
    [GeneratedRegex(@"^(slurmstepd|\[[^\]]*[0-9]:[0-9][^\]]*\] error: )", RegexOptions.CultureInvariant)]
    private static partial Regex SlurmsOwn();

    private static string ReadTail(string path)
    {
        using var file = File.OpenRead(path);
        file.Position = Math.Max(0, file.Length - TailBytes);
        var tail = new byte[TailBytes];
        return Encoding.UTF8.GetString(tail, 0, file.ReadAtLeast(tail, TailBytes, throwOnEndOfStream: false));
    }
}
