namespace VirtualKubelet.Controllers.Events;

/// <summary>Who reports events, and how much of it. The figures are client-go's, so that the API server sees a kubelet's load.</summary>
internal sealed record EventOptions
{
    /// <summary>The node: <c>source.host</c>.</summary>
    public required string NodeName { get; init; }

    /// <summary>The component: <c>source.component</c>.</summary>
    public string Component { get; init; } = "kubelet";

    /// <summary>Events that may wait to be sent; later ones are dropped. More than client-go's, as a node of ours has more pods than a machine.</summary>
    public int QueueCapacity { get; init; } = 8192;

    /// <summary>Events, and objects, remembered to recognise repeats and floods; the one not seen for longest is forgotten first.</summary>
    public int MaxRemembered { get; init; } = 4096;

    /// <summary>Events about one object that may follow each other at once.</summary>
    public int Burst { get; init; } = 25;

    /// <summary>Time after which one event more about an object may follow.</summary>
    public TimeSpan RefillInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Tries in all for one event; together they outlast an API server's restart.</summary>
    public int MaxTries { get; init; } = 12;

    /// <summary>The wait after a first failure; it doubles.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait after a failure.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(10);
}
