using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>A pod that somebody wants.</summary>
/// <param name="Pod">The pod, with namespace, name and UID.</param>
/// <param name="Errors">Why it cannot run; when there are any, only its metadata counts.</param>
internal sealed record DeclaredPod(Pod Pod, IReadOnlyList<string> Errors)
{
    /// <summary>Whether it is given to a provider once at most: what has run and is lost has failed. Otherwise it is made anew.</summary>
    public bool RunsOnce { get; init; }

    /// <summary>The grace in which it is to end; null when it is to run.</summary>
    public TimeSpan? Deletion { get; init; }

    /// <summary>The pod's key.</summary>
    public PodKey Key => PodKey.Of(Pod);

    /// <summary>The pod's UID.</summary>
    public string Uid => Pod.Metadata.Uid!;
}
