namespace VirtualKubelet.Shim.Protocol;

/// <summary>A container that is not running but will be.</summary>
/// <param name="Reason">A kubelet's word for it, such as <c>PodInitializing</c> or <c>CrashLoopBackOff</c>.</param>
/// <param name="Message">The same for people.</param>
public sealed record ContainerWaiting(string Reason, string? Message = null);
