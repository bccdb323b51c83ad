namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>Where static pods are declared.</summary>
public sealed record StaticPodOptions
{
    /// <summary>The directory of manifests: <c>*.yaml</c>, <c>*.yml</c> and <c>*.json</c>; hidden files and directories in it are ignored.</summary>
    public required string Directory { get; init; }

    /// <summary>Time between two looks at the directory.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a file must have stood still before it counts, so that no half-written file does.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromMilliseconds(200);
}
