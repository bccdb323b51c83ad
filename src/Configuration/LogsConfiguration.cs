using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Configuration;

/// <summary>How logs are followed.</summary>
public sealed record LogsConfiguration
{
    /// <summary>Bytes of a followed file's tail that are held in memory, once for all its followers.</summary>
    public Quantity RingBuffer { get; init; } = new(256 * 1024);

    /// <summary>Shortest time between two looks at a followed file, while it grows.</summary>
    public TimeSpan MinPollInterval { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Longest time between two looks at a followed file that has fallen quiet: the delay of a line where the file system reports no changes.</summary>
    public TimeSpan MaxPollInterval { get; init; } = TimeSpan.FromMilliseconds(250);
}
