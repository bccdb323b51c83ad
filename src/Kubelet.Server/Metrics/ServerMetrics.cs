using System.Diagnostics.Metrics;
using System.Globalization;

namespace VirtualKubelet.Kubelet.Server.Metrics;

/// <summary>What this server counts about itself.</summary>
internal static class ServerMetrics
{
    /// <summary>The meter of all that this server counts.</summary>
    public static Meter Meter { get; } = new("VirtualKubelet.Kubelet.Server");

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "vk_slurm.kubelet.requests", "{request}", "Requests to the kubelet port that ended, by route and status code.");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        "vk_slurm.kubelet.request.duration", "s", "Time from a request's header to the end of its answer, by route.");

    /// <summary>Logs being read now.</summary>
    public static UpDownCounter<long> LogStreams { get; } = Meter.CreateUpDownCounter<long>(
        "vk_slurm.kubelet.log_streams", "{stream}", "Container log requests that are open.");

    /// <summary>Counts a request that ended.</summary>
    public static void RecordRequest(string route, int status, TimeSpan duration)
    {
        var routeTag = new KeyValuePair<string, object?>("route", route);
        Requests.Add(1, new("code", status.ToString(CultureInfo.InvariantCulture)), routeTag);
        Durations.Record(duration.TotalSeconds, routeTag);
    }
}
