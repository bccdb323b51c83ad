using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>
/// The pods that an API server has bound to the node. A pod counts as gone when the watch says so, or when two complete lists in a row do not
/// show it: a single wrong answer ends no job.
/// </summary>
internal sealed class ApiPodSource(Informer<Pod> informer, string nodeName, ILogger<ApiPodSource> logger) : IPodSource
{
    private static readonly TimeSpan LeastGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async IAsyncEnumerable<PodSourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var missing = new Dictionary<ObjectKey, Pod>();
        long? confirmedBy = null;
        var isListed = false;
        await foreach (var news in informer.WatchAsync(cancellationToken))
        {
            if (Direct(news, missing) is { } direct)
            {
                yield return direct;
            }

            if (news is not InformerEvent<Pod>.Synced(var generation))
            {
                continue;
            }

            if (confirmedBy is null || missing.Count > 0)
            {
                var second = await informer.RelistAsync(cancellationToken);
                confirmedBy ??= second.ListGeneration;
                foreach (var pod in Gone(missing, second))
                {
                    yield return new PodSourceEvent.Withdrawn(PodKey.Of(pod), GraceOf(pod));
                }

                missing.Clear();
            }

            // Only when the second list has been told as well: a pod that the first one missed is no orphan.
            if (!isListed && generation >= confirmedBy)
            {
                isListed = true;
                yield return new PodSourceEvent.Listed();
            }
        }
    }

    private PodSourceEvent? Direct(InformerEvent<Pod> news, Dictionary<ObjectKey, Pod> missing)
    {
        switch (news)
        {
            case InformerEvent<Pod>.Added(var pod) when IsOurs(pod):
                missing.Remove(ObjectKey.Of(pod));
                return Declare(pod);
            case InformerEvent<Pod>.Updated(_, var pod) when IsOurs(pod):
                return Declare(pod);
            case InformerEvent<Pod>.Deleted(var pod, true) when IsOurs(pod):
                return new PodSourceEvent.Withdrawn(PodKey.Of(pod), GraceOf(pod));
            case InformerEvent<Pod>.Deleted(var pod, false) when IsOurs(pod):
                missing[ObjectKey.Of(pod)] = pod;
                return null;
            default:
                return null;
        }
    }

    private List<Pod> Gone(Dictionary<ObjectKey, Pod> missing, InformerSnapshot<Pod> second)
    {
        // A namesake that is there takes the name by itself; a pod that was missing by mistake is told again.
        var gone = missing.Where(m => second.Find(m.Key) is null).Select(m => m.Value).ToList();
        gone.ForEach(pod => logger.PodVanished(PodKey.Of(pod), pod.Metadata.Uid!));
        return gone;
    }

    // Static pods of other agents show as mirror pods, which only stand for what runs without the API server.
    private bool IsOurs(Pod pod) =>
        pod.Spec.NodeName == nodeName && pod.Metadata is { Uid: not null } metadata && metadata.Annotations?.ContainsKey("kubernetes.io/config.mirror") != true;

    private static PodSourceEvent.Declared Declare(Pod pod) => new(new DeclaredPod(pod, [])
    {
        RunsOnce = true,
        Deletion = pod.Metadata.DeletionTimestamp is null ? null : GraceOf(pod),
    });

    // A forced deletion has a grace of zero, and may leave one second all the same (kubelet calculateEffectiveGracePeriod).
    private static TimeSpan GraceOf(Pod pod)
    {
        var seconds = pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds;
        var grace = seconds is { } given ? TimeSpan.FromSeconds(Math.Clamp(given, 0, int.MaxValue)) : DefaultGrace;
        return grace < LeastGrace ? LeastGrace : grace;
    }
}
