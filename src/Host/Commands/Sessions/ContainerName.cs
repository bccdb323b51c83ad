namespace VirtualKubelet.Host.Commands.Sessions;

/// <summary>A container of a pod; null for any of the pod's.</summary>
internal sealed record ContainerName(string Namespace, string Pod, string? Container);
