using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>The next thing to do for a key.</summary>
internal abstract record PodStep
{
    /// <summary>All is as it should be, or waits for an event.</summary>
    internal sealed record None : PodStep;

    /// <summary>Something that sends no event stands in the way: look again later.</summary>
    internal sealed record LookAgain : PodStep;

    /// <summary>Give the pod to the provider.</summary>
    internal sealed record Create(Pod Pod) : PodStep;

    /// <summary>Pass on changed labels and annotations.</summary>
    internal sealed record Update(Pod Pod) : PodStep;

    /// <summary>All is as it should be but for the files of volumes, which may have changed since the provider was given some.</summary>
    internal sealed record Refresh(Pod Pod, VolumeDigests Given) : PodStep;

    /// <summary>The pod ran, and the provider does not know it: it has failed.</summary>
    internal sealed record Lose(Pod Pod) : PodStep;

    /// <summary>Ask the provider to end the pod.</summary>
    internal sealed record Delete(WorkloadId Id, TimeSpan GracePeriod) : PodStep;
}
