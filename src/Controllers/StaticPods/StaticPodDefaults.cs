using System.Globalization;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>
/// What a kubelet adds to a static pod. Unlike a kubelet we do not append the node to the name: that only keeps mirror pods of several nodes
/// apart in one API server, while standalone users address a pod by the name they wrote.
/// </summary>
internal static class StaticPodDefaults
{
    /// <summary>Annotation: where the pod comes from.</summary>
    public const string ConfigSource = "kubernetes.io/config.source";

    /// <summary>Annotation: the pod's UID as derived from its manifest.</summary>
    public const string ConfigHash = "kubernetes.io/config.hash";

    /// <summary>Annotation: when this process read the manifest first.</summary>
    public const string ConfigSeen = "kubernetes.io/config.seen";

    /// <summary>The namespace of pods that name none.</summary>
    public const string Namespace = "default";

    /// <summary>A pod as it runs on the node; what only an API server may set is dropped.</summary>
    public static Pod Apply(Pod written, string uid, string nodeName, DateTimeOffset now) => written with
    {
        Status = null,
        Metadata = written.Metadata with
        {
            Namespace = string.IsNullOrEmpty(written.Metadata.Namespace) ? Namespace : written.Metadata.Namespace,
            Uid = uid,
            ResourceVersion = null,
            CreationTimestamp = now,
            DeletionTimestamp = null,
            DeletionGracePeriodSeconds = null,
            Annotations = Annotate(written.Metadata.Annotations, uid, now),
        },
        Spec = written.Spec with
        {
            NodeName = nodeName,
            RestartPolicy = written.Spec.RestartPolicy ?? "Always",
            TerminationGracePeriodSeconds = written.Spec.TerminationGracePeriodSeconds ?? 30,
        },
    };

    private static Dictionary<string, string> Annotate(IReadOnlyDictionary<string, string>? written, string uid, DateTimeOffset now) =>
        new(written ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            [ConfigSource] = "file",
            [ConfigHash] = uid,
            [ConfigSeen] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
        };
}
