using System.Diagnostics;
using System.Text;

namespace VirtualKubelet.Kubelet.Server.Metrics;

/// <summary>The agent's own process, under the names that every Prometheus client library uses.</summary>
internal static class ProcessMetrics
{
    private static readonly double StartTime = ReadStartTime();

    public static void Write(StringBuilder text)
    {
        Write(text, "process_cpu_seconds_total", "User and system CPU time.", MetricKind.Counter, Environment.CpuUsage.TotalTime.TotalSeconds);
        Write(text, "process_resident_memory_bytes", "Resident memory.", MetricKind.Gauge, Environment.WorkingSet);
        Write(text, "process_open_fds", "Open file descriptors.", MetricKind.Gauge, Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        Write(text, "process_start_time_seconds", "Start of the process since the epoch.", MetricKind.Gauge, StartTime);
        Write(text, "dotnet_gc_heap_bytes", "Managed heap, garbage that was not collected yet included.", MetricKind.Gauge, GC.GetTotalMemory(forceFullCollection: false));
    }

    private static void Write(StringBuilder text, string name, string help, MetricKind kind, double value)
    {
        Metric.WriteHead(text, name, help, kind);
        Series.WriteLine(text, name, "", value);
    }

    private static double ReadStartTime()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }
}
