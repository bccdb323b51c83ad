using System.Collections.Immutable;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>The objects as the server had them at one version.</summary>
/// <param name="Objects">All of them.</param>
/// <param name="ResourceVersion">The version; empty before the first list.</param>
/// <param name="ListGeneration">How many complete lists there have been; before the first, nothing is known about what is not here.</param>
internal sealed record InformerSnapshot<T>(ImmutableDictionary<ObjectKey, T> Objects, string ResourceVersion, long ListGeneration)
    where T : class, IKubernetesObject
{
    /// <summary>Before the first list.</summary>
    public static InformerSnapshot<T> Unknown { get; } = new(ImmutableDictionary<ObjectKey, T>.Empty, "", 0);

    /// <summary>Whether there has been a complete list.</summary>
    public bool HasSynced => ListGeneration > 0;

    /// <summary>The object of that key; null when there is none, or none is known yet.</summary>
    public T? Find(ObjectKey key) => Objects.GetValueOrDefault(key);

    /// <summary>Whether that very object, not a namesake, is there.</summary>
    public bool Contains(ObjectKey key, string uid) => Find(key)?.Metadata.Uid == uid;
}
