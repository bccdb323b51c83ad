using System.Diagnostics.Metrics;

namespace VirtualKubelet.Controllers.Events;

/// <summary>Figures of the events, under the meter <c>VirtualKubelet.Controllers.Events</c>.</summary>
internal static class EventMetrics
{
    private static readonly Meter Meter = new("VirtualKubelet.Controllers.Events");

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        "vk_slurm.events.sent", "{event}", "Events told to the API server, by whether they were new or repeats.");

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "vk_slurm.events.dropped", "{event}", "Events nobody was told of, by reason: the queue was full, too many about one object, or the API server did not take them.");

    public static void Told(bool isRepeat) => Sent.Add(1, new KeyValuePair<string, object?>("kind", isRepeat ? "repeat" : "new"));

    public static void WasDropped(string reason) => Dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
