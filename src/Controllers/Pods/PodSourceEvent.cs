namespace VirtualKubelet.Controllers.Pods;

/// <summary>What a <see cref="IPodSource"/> tells.</summary>
internal abstract record PodSourceEvent
{
    /// <summary>A pod is wanted, or wanted differently; it takes the place of any other of its key.</summary>
    internal sealed record Declared(DeclaredPod Pod) : PodSourceEvent;

    /// <summary>No pod of that key is wanted any more.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="GracePeriod">The grace in which what runs of it is to end; null leaves it to the pod.</param>
    internal sealed record Withdrawn(PodKey Key, TimeSpan? GracePeriod = null) : PodSourceEvent;

    /// <summary>Everything that is wanted has been told. Only now is it known what is not wanted.</summary>
    internal sealed record Listed : PodSourceEvent;
}
