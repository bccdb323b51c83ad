namespace VirtualKubelet.Kubernetes;

/// <summary>A container that waits (core/v1 <c>ContainerStateWaiting</c>).</summary>
/// <param name="Reason">One CamelCase word, such as <c>ContainerCreating</c>.</param>
/// <param name="Message">The same for people.</param>
public sealed record ContainerStateWaiting(string? Reason = null, string? Message = null);
