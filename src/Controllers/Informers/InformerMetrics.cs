using System.Diagnostics.Metrics;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>Figures of the informers, under the meter <c>VirtualKubelet.Controllers.Informers</c>.</summary>
internal static class InformerMetrics
{
    private static readonly Meter Meter = new("VirtualKubelet.Controllers.Informers");

    private static readonly Counter<long> Lists = Meter.CreateCounter<long>(
        "vk_slurm.informer.lists", "{list}", "Complete lists asked for, by resource and outcome.");

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "vk_slurm.informer.events", "{event}", "Events of watches, by resource and type.");

    private static readonly Counter<long> Ends = Meter.CreateCounter<long>(
        "vk_slurm.informer.watch.ends", "{watch}", "Watches that ended, by resource and reason.");

    private static readonly UpDownCounter<long> Open = Meter.CreateUpDownCounter<long>(
        "vk_slurm.informer.watches.open", "{watch}", "Watches that are open, by resource.");

    private static readonly UpDownCounter<long> Polled = Meter.CreateUpDownCounter<long>(
        "vk_slurm.informer.polled", "{object}", "Objects only looked at now and then because too many are watched, by resource.");

    public static void Listed(string resource, string outcome) => Lists.Add(1, new("outcome", outcome), new("resource", resource));

    public static void Told(string resource, WatchEventType type) => Events.Add(1, new("resource", resource), new("type", type.ToString()));

    public static void WatchEnded(string resource, string reason) => Ends.Add(1, new("reason", reason), new("resource", resource));

    public static void WatchOpened(string resource) => Open.Add(1, new KeyValuePair<string, object?>("resource", resource));

    public static void WatchClosed(string resource) => Open.Add(-1, new KeyValuePair<string, object?>("resource", resource));

    public static void PollingBegan(string resource) => Polled.Add(1, new KeyValuePair<string, object?>("resource", resource));

    public static void PollingEnded(string resource) => Polled.Add(-1, new KeyValuePair<string, object?>("resource", resource));
}
