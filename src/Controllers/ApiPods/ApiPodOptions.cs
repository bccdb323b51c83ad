namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>How the API server is told about pods.</summary>
public sealed record ApiPodOptions
{
    /// <summary>How many pods the API server is told about at once.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>The least time between two status patches of one pod; a first change goes out at once, what comes meanwhile goes out together.</summary>
    public TimeSpan PatchInterval { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>The first delay after a failure; it doubles with each further one.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay after a failure, except when the server itself asks for a longer one; what everybody reads is old for so long after an outage.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);
}
