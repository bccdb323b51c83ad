namespace VirtualKubelet.Providers;

/// <summary>What went wrong, in the few ways that callers treat differently.</summary>
public enum ProviderErrorKind
{
    /// <summary>The workload, container or run is not known.</summary>
    NotFound,

    /// <summary>The request contradicts itself or the site's rules; trying again is of no use.</summary>
    Invalid,

    /// <summary>The container is not running, so that there is nothing to talk to.</summary>
    NotRunning,

    /// <summary>The backend refuses the workload for good, such as for an unknown partition.</summary>
    Rejected,

    /// <summary>The backend does not answer or is full now; the same request may succeed later.</summary>
    Unavailable,
}
