using System.Collections.Concurrent;

namespace VirtualKubelet.Shim.Attach;

/// <summary>The containers that run now, by name.</summary>
internal sealed class AttachPoints
{
    private readonly ConcurrentDictionary<string, AttachPoint> points = new(StringComparer.Ordinal);

    /// <summary>A run has begun.</summary>
    public void Add(string container, AttachPoint point) => points[container] = point;

    /// <summary>A run has ended.</summary>
    public void Remove(string container, AttachPoint point) => points.TryRemove(new(container, point));

    /// <summary>The run of a container, or null.</summary>
    public AttachPoint? Find(string container) => points.GetValueOrDefault(container);
}
