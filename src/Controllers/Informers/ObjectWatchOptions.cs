namespace VirtualKubelet.Controllers.Informers;

/// <summary>Bounds of <see cref="ObjectWatches{T}"/>.</summary>
internal sealed record ObjectWatchOptions
{
    /// <summary>Most watches at a time. Objects beyond them are only looked at every <see cref="PollInterval"/>.</summary>
    public int MaxWatches { get; init; } = 500;

    /// <summary>How often an object is read that is not watched; a kubelet's interval for that.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long closing waits for what is under way.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
