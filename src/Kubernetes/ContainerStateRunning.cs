namespace VirtualKubelet.Kubernetes;

/// <summary>A container that runs (core/v1 <c>ContainerStateRunning</c>).</summary>
/// <param name="StartedAt">Since when.</param>
public sealed record ContainerStateRunning(DateTimeOffset? StartedAt = null);
