using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>A pod's conditions, worked out from its container statuses word for word as a kubelet does (pkg/kubelet/status/generate.go).</summary>
internal static class PodStatusConditions
{
    /// <summary>
    /// The conditions of a pod: ours, then those of other owners, untouched. <c>lastTransitionTime</c> moves only when a status does.
    /// </summary>
    /// <param name="pod">The pod.</param>
    /// <param name="status">Its status with complete container statuses.</param>
    /// <param name="previous">The conditions so far.</param>
    /// <param name="now">The present.</param>
    public static IReadOnlyList<PodCondition> Build(Pod pod, PodStatus status, IReadOnlyList<PodCondition>? previous, DateTimeOffset now)
    {
        var containersReady = ContainersReady(pod, status);
        PodCondition[] ours =
        [
            ReadyToStart(status),
            Initialized(pod, status),
            Ready(pod, containersReady, previous ?? []),
            containersReady,
            Condition(PodConditionTypes.PodScheduled, true),
        ];
        var others = (previous ?? []).Where(p => ours.All(o => o.Type != p.Type));
        var generation = ObservedGeneration.Of(pod);
        return [.. ours.Select(o => o with { LastTransitionTime = TransitionTime(o, previous, now), Other = generation }), .. others];
    }

    private static DateTimeOffset TransitionTime(PodCondition condition, IReadOnlyList<PodCondition>? previous, DateTimeOffset now) =>
        previous?.FirstOrDefault(p => p.Type == condition.Type) is { LastTransitionTime: { } since } before && before.Status == condition.Status ? since : now;

    private static PodCondition ReadyToStart(PodStatus status) =>
        Condition(PodConditionTypes.PodReadyToStartContainers, !PodPhases.IsTerminal(status.Phase) && Statuses(status).Any(PodTraces.HasRun));

    private static PodCondition Initialized(Pod pod, PodStatus status)
    {
        var init = pod.Spec.InitContainers ?? [];
        if (init.Count > 0 && !HasStatuses(status))
        {
            return Condition(PodConditionTypes.Initialized, false, "UnknownContainerStatuses");
        }

        var unknown = init.Where(c => Find(status.InitContainerStatuses, c) is null).ToList();
        var incomplete = init.Where(c => Find(status.InitContainerStatuses, c) is { } s && !IsComplete(c, s)).ToList();
        if (status.Phase == PodPhases.Succeeded && unknown.Count == 0)
        {
            return Condition(PodConditionTypes.Initialized, true, "PodCompleted");
        }

        // A pod whose main containers ran was initialised once, even if a sidecar is starting again.
        var message = (status.ContainerStatuses ?? []).Any(PodTraces.HasRun) ? "" : Message(unknown, incomplete, "incomplete");
        return message.Length == 0
            ? Condition(PodConditionTypes.Initialized, true)
            : Condition(PodConditionTypes.Initialized, false, "ContainersNotInitialized", message);
    }

    private static PodCondition ContainersReady(Pod pod, PodStatus status)
    {
        if (!HasStatuses(status) && status.Phase != PodPhases.Failed)
        {
            return Condition(PodConditionTypes.ContainersReady, false, "UnknownContainerStatuses");
        }

        var watched = (pod.Spec.InitContainers ?? []).Where(IsSidecar).Select(c => (Container: c, Status: Find(status.InitContainerStatuses, c)))
            .Concat((pod.Spec.Containers ?? []).Select(c => (Container: c, Status: Find(status.ContainerStatuses, c)))).ToList();
        var unknown = watched.Where(w => w.Status is null).Select(w => w.Container).ToList();
        var unready = watched.Where(w => w.Status is { Ready: false }).Select(w => w.Container).ToList();
        if (status.Phase == PodPhases.Failed || (status.Phase == PodPhases.Succeeded && unknown.Count == 0))
        {
            return Condition(PodConditionTypes.ContainersReady, false, status.Phase == PodPhases.Failed ? "PodFailed" : "PodCompleted");
        }

        var message = Message(unknown, unready, "unready");
        return message.Length == 0
            ? Condition(PodConditionTypes.ContainersReady, true)
            : Condition(PodConditionTypes.ContainersReady, false, "ContainersNotReady", message);
    }

    private static PodCondition Ready(Pod pod, PodCondition containersReady, IReadOnlyList<PodCondition> conditions)
    {
        if (containersReady.Status != "True")
        {
            return containersReady with { Type = PodConditionTypes.Ready };
        }

        var message = string.Join(", ", ReadinessGates(pod).Select(gate => GateMessage(gate, conditions)).OfType<string>());
        return message.Length == 0
            ? Condition(PodConditionTypes.Ready, true)
            : Condition(PodConditionTypes.Ready, false, "ReadinessGatesNotReady", message);
    }

    private static string? GateMessage(string gate, IReadOnlyList<PodCondition> conditions) => conditions.FirstOrDefault(c => c.Type == gate) switch
    {
        null => $"corresponding condition of pod readiness gate \"{gate}\" does not exist.",
        { Status: "True" } => null,
        var condition => $"the status of pod readiness gate \"{gate}\" is not \"True\", but {condition.Status}",
    };

    private static IEnumerable<string> ReadinessGates(Pod pod) =>
        pod.Spec.Other is not null && pod.Spec.Other.TryGetValue("readinessGates", out var gates) && gates.ValueKind == JsonValueKind.Array
            ? gates.EnumerateArray().Select(GateType).OfType<string>()
            : [];

    private static string? GateType(JsonElement gate) =>
        gate.ValueKind == JsonValueKind.Object && gate.TryGetProperty("conditionType", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()
            : null;

    private static string Message(IReadOnlyCollection<Container> unknown, IReadOnlyCollection<Container> bad, string badWord) =>
        string.Join(", ", new[] { Part(unknown, "unknown"), Part(bad, badWord) }.OfType<string>());

    private static string? Part(IReadOnlyCollection<Container> containers, string word) =>
        containers.Count == 0 ? null : $"containers with {word} status: [{string.Join(' ', containers.Select(c => c.Name))}]";

    private static PodCondition Condition(string type, bool holds, string? reason = null, string? message = null) =>
        new() { Type = type, Status = holds ? "True" : "False", Reason = reason, Message = message };

    private static bool IsSidecar(Container container) => container.RestartPolicy == "Always";

    private static bool IsComplete(Container container, ContainerStatus status) => IsSidecar(container) ? status.Started ?? false : status.Ready;

    private static bool HasStatuses(PodStatus status) => status.ContainerStatuses is not null;

    private static IEnumerable<ContainerStatus> Statuses(PodStatus status) => (status.InitContainerStatuses ?? []).Concat(status.ContainerStatuses ?? []);

    private static ContainerStatus? Find(IReadOnlyList<ContainerStatus>? statuses, Container container) =>
        statuses?.FirstOrDefault(s => s.Name == container.Name);
}
