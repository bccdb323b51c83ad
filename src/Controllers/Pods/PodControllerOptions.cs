namespace VirtualKubelet.Controllers.Pods;

/// <summary>How pods are kept in step with a provider.</summary>
public sealed record PodControllerOptions
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The node's address, for <c>status.hostIP</c>.</summary>
    public required string HostAddress { get; init; }

    /// <summary>How many pods are worked on at once.</summary>
    public int Workers { get; init; } = 16;

    /// <summary>The first delay after a failure; it doubles with each further one.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay after a failure.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one call of the provider may take.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time between two complete comparisons with the provider, in case an event was lost.</summary>
    public TimeSpan ResyncInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The least time between two refreshes of a running pod's files; what changes more often is passed on less often.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long calls under way may take to end when the agent stops; pods run on.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
