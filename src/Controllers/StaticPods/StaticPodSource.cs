using System.Runtime.CompilerServices;
using VirtualKubelet.Controllers.Pods;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>Pods from a directory of manifests.</summary>
internal sealed class StaticPodSource(ManifestDirectory directory, StaticPodOptions options, TimeProvider time) : IPodSource
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<PodSourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<PodKey, DeclaredPod> told = new Dictionary<PodKey, DeclaredPod>();
        var isListed = false;
        while (true)
        {
            var scan = await directory.ScanAsync(cancellationToken);
            var declared = StaticPodSet.Merge(scan.Files);
            foreach (var change in Changes(told, declared))
            {
                yield return change;
            }

            told = declared;
            if (!isListed && scan.IsComplete)
            {
                isListed = true;
                yield return new PodSourceEvent.Listed();
            }

            await Task.Delay(scan.IsSettled ? options.PollInterval : options.SettleTime, time, cancellationToken);
        }
    }

    private static IEnumerable<PodSourceEvent> Changes(IReadOnlyDictionary<PodKey, DeclaredPod> before, IReadOnlyDictionary<PodKey, DeclaredPod> after)
    {
        foreach (var key in before.Keys.Where(key => !after.ContainsKey(key)))
        {
            yield return new PodSourceEvent.Withdrawn(key);
        }

        foreach (var (key, pod) in after)
        {
            if (!before.TryGetValue(key, out var earlier) || !IsSame(earlier, pod))
            {
                yield return new PodSourceEvent.Declared(pod);
            }
        }
    }

    // Pods are the same objects until their file is read anew; those that stand for errors are made anew each time, their UID made of the errors.
    private static bool IsSame(DeclaredPod earlier, DeclaredPod now) =>
        ReferenceEquals(earlier.Pod, now.Pod) || (now.Errors.Count > 0 && earlier.Uid == now.Uid);
}
