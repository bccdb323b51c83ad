namespace VirtualKubelet.Configuration;

/// <summary>What the node holds and what one pod may ask.</summary>
public sealed record NodeLimits
{
    /// <summary>Pods on the node at once, waiting ones included.</summary>
    public int Pods { get; init; } = 1000;

    /// <summary>The most that one pod may ask.</summary>
    public PerPodLimits PerPod { get; init; } = new();
}
