using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>Figures of what the API server is told about pods, under the meter <c>VirtualKubelet.Controllers.ApiPods</c>.</summary>
internal static class ApiPodMetrics
{
    private static readonly Meter Meter = new("VirtualKubelet.Controllers.ApiPods");

    private static readonly Counter<long> Patches = Meter.CreateCounter<long>(
        "vk_slurm.pod.status.patches", "{patch}", "Patches of pod statuses, by outcome.");

    private static readonly Counter<long> Deletes = Meter.CreateCounter<long>(
        "vk_slurm.pod.deletes", "{pod}", "Deletions of pod objects, by outcome.");

    private static readonly ConcurrentDictionary<object, Func<int>> Queues = new();

    static ApiPodMetrics() => Meter.CreateObservableUpDownCounter(
        "vk_slurm.pod.queue.depth", () => Queues.Values.Sum(depth => depth()), "{pod}", "Pods that wait to be told about.");

    public static void Patched(string outcome) => Patches.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Deleted(string outcome) => Deletes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Watch(object owner, Func<int> depth) => Queues[owner] = depth;

    public static void Forget(object owner) => Queues.TryRemove(owner, out _);
}
