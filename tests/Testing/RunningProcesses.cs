using System.Globalization;

namespace VirtualKubelet.Testing;

/// <summary>What the kernel says of other processes.</summary>
public static class RunningProcesses
{
    /// <summary>IDs of processes by their command line.</summary>
    public static IReadOnlyList<int> Find(Func<string[], bool> isWanted) => [.. All().Where(id => isWanted(ArgumentsOf(id)))];

    /// <summary>Direct children, those included that have ended and were not waited for.</summary>
    public static int CountChildrenOf(int process) => All().Count(id => StatusOf(id, "PPid") == process);

    /// <summary>Open file descriptors.</summary>
    public static int CountDescriptorsOf(int process) => Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count();

    /// <summary>Open sockets.</summary>
    public static int CountSocketsOf(int process) =>
        Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(path => new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>Resident memory in MiB.</summary>
    public static long MegabytesOf(int process) => (StatusOf(process, "VmRSS") ?? throw new InvalidOperationException($"process {process} has ended")) / 1024;

    /// <summary>Whether it runs; one that has ended and was not waited for does not.</summary>
    public static bool IsAlive(int process) => ArgumentsOf(process).Length > 0;

    /// <summary>IDs of all processes.</summary>
    public static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    /// <summary>The variables a process was started with, each <c>NAME=value</c>; none of one that has ended.</summary>
    public static string[] EnvironmentOf(int process) => Words(process, "environ");

    /// <summary>Program and arguments; none of one that has ended.</summary>
    public static string[] ArgumentsOf(int process) => Words(process, "cmdline");

    private static long? StatusOf(int process, string key) =>
        Read(process, "status").Split('\n').FirstOrDefault(line => line.StartsWith(key + ":", StringComparison.Ordinal)) is { } line
            ? long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            : null;

    private static string[] Words(int process, string file) => Read(process, file).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return "";
        }
    }
}
