using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>One job of the <see cref="LocalBackend"/>, read from its pod directory and from /proc.</summary>
internal sealed class LocalJob(PodDirectoryLayout directory)
{
    private const int Sigkill = 9;
    private const int Sigterm = 15;

    private string PidFile => Path.Combine(directory.Root, "local.pid");

    private string ExitFile => Path.Combine(directory.Root, "local.exit");

    private string Uid => directory.Root[(directory.Root.LastIndexOf('_') + 1)..];

    /// <summary>The job ID: one job a pod, so that the UID will do.</summary>
    public string Id => $"local-{Uid}";

    /// <summary>Whether the job was started.</summary>
    public bool Exists => File.Exists(PidFile);

    /// <summary>The job as it stands.</summary>
    public JobRecord Read()
    {
        var (state, exitCode) = ReadState();
        return new JobRecord
        {
            JobId = Id,
            Uid = Uid,
            State = state,
            StateWord = state.ToString().ToUpperInvariant(),
            Nodes = Environment.MachineName,
            StartTime = File.GetLastWriteTimeUtc(PidFile),
            EndTime = exitCode is null ? null : File.GetLastWriteTimeUtc(ExitFile),
            ExitCode = exitCode > 128 ? 0 : exitCode,
            Signal = exitCode > 128 ? exitCode - 128 : null,
        };
    }

    /// <summary>Sends SIGTERM to the shim.</summary>
    public void Terminate()
    {
        if (ReadNumbers(PidFile) is [var shim, var startTime, ..] && IsAlive(shim, startTime))
        {
            _ = SendSignal((int)shim, Sigterm);
        }
    }

    /// <summary>Kills the shim and everything it started, wherever it went: all carry the job ID in their environment.</summary>
    public void Kill()
    {
        var mark = Encoding.UTF8.GetBytes($"VK_JOB_ID={Id}\0");
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Environ(process).AsSpan().IndexOf(mark) >= 0)
            {
                _ = SendSignal(pid, Sigkill);
            }
        }
    }

    private (SlurmJobState State, int? ExitCode) ReadState()
    {
        // The launcher outlives the shim by the moment it takes to record the exit code.
        var alive = ReadNumbers(PidFile) is [var shim, var shimStart, var launcher, var launcherStart]
            && (IsAlive(shim, shimStart) || IsAlive(launcher, launcherStart));

        // Read last: a launcher that is gone has recorded the exit code before, or never will.
        return ReadNumbers(ExitFile) is [var code, ..]
            ? (code == 0 ? SlurmJobState.Completed : SlurmJobState.Failed, (int)code)
            : (alive ? SlurmJobState.Running : SlurmJobState.NodeFail, null);
    }

    // The start time tells the process from a later one with the same number.
    private static bool IsAlive(long pid, long startTime)
    {
        try
        {
            // The name in parentheses may hold anything; the fields after it are numbers. Field 22 is the start time, and 3 the state.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is not "Z" && fields[19] == startTime.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long[]? ReadNumbers(string path)
    {
        try
        {
            return [.. File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return null;
        }
    }

    private static byte[] Environ(string process)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(process, "environ"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or another user's: not ours.
            return [];
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int pid, int signal);
}
