using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>What a consumer has yet to be told about one key, or that a list is complete.</summary>
internal sealed class PendingChange<T>(ObjectKey key)
    where T : class, IKubernetesObject
{
    public ObjectKey Key => key;

    /// <summary>The last state of the object the consumer was told of, if that one is gone.</summary>
    public T? Ended { get; set; }

    /// <summary>Whether <see cref="Ended"/> is how it ended.</summary>
    public bool IsEndKnown { get; set; }

    /// <summary>The object now; null when there is none.</summary>
    public T? Latest { get; set; }

    /// <summary>For the mark of a complete list: its generation.</summary>
    public long? SyncedGeneration { get; init; }
}
