namespace VirtualKubelet.Controllers.Pods;

/// <summary>Where pods come from: a directory of manifests, or an API server.</summary>
internal interface IPodSource
{
    /// <summary>
    /// Every pod as it stands, then <see cref="PodSourceEvent.Listed"/>, then each change. Each enumeration begins anew.
    /// There is at most one pod per key at a time.
    /// </summary>
    IAsyncEnumerable<PodSourceEvent> WatchAsync(CancellationToken cancellationToken);
}
