using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>Figures of the requests to the API server, under the meter <c>VirtualKubelet.Kubernetes.Client</c>.</summary>
internal static class ClientMetrics
{
    private static readonly Meter Meter = new("VirtualKubelet.Kubernetes.Client");

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "vk_slurm.api.requests", "{request}", "Requests to the API server, each try counted, by verb, resource and status code; code is none without an answer.");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        "vk_slurm.api.request.duration", "s", "Time from a request to the header of its answer, by verb.");

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "vk_slurm.api.retries", "{request}", "Requests sent again because the API server was overloaded or failed, by verb and resource.");

    private static readonly Counter<double> Throttled = Meter.CreateCounter<double>(
        "vk_slurm.api.throttled", "s", "Time that requests waited for their turn under the client's own rate limit.");

    public static void Answered(ApiRequest request, HttpStatusCode? code, TimeSpan duration)
    {
        var text = code is { } known ? ((int)known).ToString(CultureInfo.InvariantCulture) : "none";
        Requests.Add(1, new("code", text), new("resource", request.Resource), new("verb", request.Verb));
        Durations.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("verb", request.Verb));
    }

    public static void Retried(ApiRequest request) => Retries.Add(1, new("resource", request.Resource), new("verb", request.Verb));

    public static void Waited(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            Throttled.Add(time.TotalSeconds);
        }
    }
}
