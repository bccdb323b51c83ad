using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>What an informer tells.</summary>
internal abstract record InformerEvent<T>
    where T : class, IKubernetesObject
{
    /// <summary>An object is there that the consumer was not told of.</summary>
    internal sealed record Added(T Object) : InformerEvent<T>;

    /// <summary>An object changed; several changes may have become one.</summary>
    /// <param name="Before">The state told last.</param>
    /// <param name="Object">The state now.</param>
    internal sealed record Updated(T Before, T Object) : InformerEvent<T>;

    /// <summary>An object is gone.</summary>
    /// <param name="Last">Its last state as far as it is known.</param>
    /// <param name="IsLastStateKnown">False when it went unseen, so that it may have changed once more before.</param>
    internal sealed record Deleted(T Last, bool IsLastStateKnown) : InformerEvent<T>;

    /// <summary>Everything that a complete list of that generation showed, and showed to be gone, has been told.</summary>
    internal sealed record Synced(long ListGeneration) : InformerEvent<T>;
}
