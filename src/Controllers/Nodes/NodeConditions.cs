using VirtualKubelet.Providers;
using ApiCondition = VirtualKubelet.Kubernetes.NodeCondition;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>The conditions that this agent answers for, in a kubelet's words. Pure.</summary>
internal static class NodeConditions
{
    /// <summary>Whether the agent can run pods.</summary>
    public const string Ready = "Ready";

    /// <summary>
    /// The conditions as they stand: the kubelet's pressures, the provider's own, Ready last. The pressures of compute nodes are Slurm's affair.
    /// </summary>
    /// <param name="before">The conditions of the Node as it is: a time of transition changes only together with the status.</param>
    /// <param name="view">What there is to say.</param>
    public static IReadOnlyList<ApiCondition> Of(IReadOnlyList<ApiCondition>? before, NodeView view) =>
    [
        Condition("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available", before, view.Now),
        Condition("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure", before, view.Now),
        Condition("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available", before, view.Now),
        .. (view.Backend?.Conditions ?? []).Select(c => Own(c, before, view.Now)),
        view.NotReady.Count == 0
            ? Condition(Ready, true, "KubeletReady", "kubelet is posting ready status", before, view.Now)
            : Condition(Ready, false, "KubeletNotReady", string.Join(", ", view.NotReady), before, view.Now),
    ];

    private static ApiCondition Own(NodeCondition condition, IReadOnlyList<ApiCondition>? before, DateTimeOffset now) =>
        Condition(condition.Type, condition.Status, condition.Reason, condition.Message, before, now);

    private static ApiCondition Condition(string type, bool status, string reason, string message, IReadOnlyList<ApiCondition>? before, DateTimeOffset now)
    {
        var word = status ? "True" : "False";
        var last = before?.FirstOrDefault(c => c.Type == type);
        return new ApiCondition
        {
            Type = type,
            Status = word,
            Reason = reason,
            Message = message,
            LastHeartbeatTime = now,
            LastTransitionTime = last?.Status == word ? last.LastTransitionTime ?? now : now,
        };
    }
}
