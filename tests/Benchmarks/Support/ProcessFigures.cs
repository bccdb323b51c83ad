using System.Globalization;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>What the kernel says about a process that is not our own (proc(5)).</summary>
internal static class ProcessFigures
{
    private const double Mebibyte = 1 << 20;

    // USER_HZ, which is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>User and system time of all its threads so far, in seconds; without its children.</summary>
    public static double CpuSeconds(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    /// <summary>Resident memory now, in MiB.</summary>
    public static double ResidentMebibytes(int pid) => Status(pid, "VmRSS:");

    /// <summary>The most resident memory since the start or the last <see cref="ResetPeak"/>, in MiB.</summary>
    public static double PeakResidentMebibytes(int pid) => Status(pid, "VmHWM:");

    /// <summary>Begins a new peak.</summary>
    public static void ResetPeak(int pid) => File.WriteAllText($"/proc/{pid}/clear_refs", "5");

    /// <summary>Bytes it has read with read(2) and its kin, files and pipes but not sockets.</summary>
    public static long BytesRead(int pid) =>
        long.Parse(File.ReadLines($"/proc/{pid}/io").First(l => l.StartsWith("rchar:", StringComparison.Ordinal)).AsSpan(6), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);

    private static double Status(int pid, string key)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return Number(line[key.Length..line.IndexOf('k', key.Length)]) * 1024 / Mebibyte;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
