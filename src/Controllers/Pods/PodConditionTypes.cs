namespace VirtualKubelet.Controllers.Pods;

/// <summary>Conditions that a node agent owns; all others belong to somebody else.</summary>
internal static class PodConditionTypes
{
    /// <summary>The pod's job runs, so that its containers can start.</summary>
    public const string PodReadyToStartContainers = "PodReadyToStartContainers";

    /// <summary>All init containers are done, sidecars started.</summary>
    public const string Initialized = "Initialized";

    /// <summary>The pod is ready, readiness gates included.</summary>
    public const string Ready = "Ready";

    /// <summary>All main containers and sidecars are ready.</summary>
    public const string ContainersReady = "ContainersReady";

    /// <summary>The pod is bound to a node.</summary>
    public const string PodScheduled = "PodScheduled";

    /// <summary>Whether a condition is ours.</summary>
    public static bool IsOurs(string type) => type is PodReadyToStartContainers or Initialized or Ready or ContainersReady or PodScheduled;
}
