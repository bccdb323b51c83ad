namespace VirtualKubelet.Shim.State;

/// <summary>A kubelet's words for <c>waiting.reason</c>.</summary>
internal static class WaitingReasons
{
    public const string ContainerCreating = "ContainerCreating";
    public const string PodInitializing = "PodInitializing";
    public const string CrashLoopBackOff = "CrashLoopBackOff";
}
