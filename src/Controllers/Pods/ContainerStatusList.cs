using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Container statuses as a kubelet posts them: one for every container of the spec, init containers in its order, the others by name.</summary>
internal static class ContainerStatusList
{
    /// <summary>Statuses of the init containers.</summary>
    public static IReadOnlyList<ContainerStatus>? Init(Pod pod, PodStatus reported, PodStatus? previous) =>
        Complete(pod.Spec.InitContainers, reported.InitContainerStatuses, previous?.InitContainerStatuses, "PodInitializing");

    /// <summary>Statuses of the main containers.</summary>
    public static IReadOnlyList<ContainerStatus>? Main(Pod pod, PodStatus reported, PodStatus? previous)
    {
        var waiting = pod.Spec.InitContainers is { Count: > 0 } ? "PodInitializing" : "ContainerCreating";
        return Complete(pod.Spec.Containers, reported.ContainerStatuses, previous?.ContainerStatuses, waiting)?
            .OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
    }

    /// <summary>Statuses of those containers that cannot be configured.</summary>
    public static IReadOnlyList<ContainerStatus>? Unconfigured(IReadOnlyList<Container>? containers, IReadOnlyDictionary<string, string> problems) =>
        containers?.Where(c => problems.ContainsKey(c.Name!)).Select(c => Waiting(c, "CreateContainerConfigError", problems[c.Name!])).ToList();

    private static List<ContainerStatus>? Complete(
        IReadOnlyList<Container>? containers, IReadOnlyList<ContainerStatus>? reported, IReadOnlyList<ContainerStatus>? previous, string waiting) =>
        containers is { Count: > 0 }
            ? containers.Select(c => Known(Find(reported, c), Find(previous, c)) ?? Waiting(c, waiting)).ToList()
            : null;

    // Who reports that a container which ran has yet to start cannot read what became of it; API servers refuse some such steps back.
    private static ContainerStatus? Known(ContainerStatus? reported, ContainerStatus? previous) =>
        reported is null || (previous is not null && PodTraces.HasRun(previous) && !PodTraces.HasRun(reported)) ? previous : reported;

    private static ContainerStatus? Find(IReadOnlyList<ContainerStatus>? statuses, Container container) =>
        statuses?.FirstOrDefault(s => s.Name == container.Name);

    private static ContainerStatus Waiting(Container container, string reason, string? message = null) => new()
    {
        Name = container.Name!,
        State = new ContainerState { Waiting = new ContainerStateWaiting(reason, message) },
        Ready = false,
        RestartCount = 0,
        Image = container.Image ?? "",
        ImageID = "",
        Started = false,
    };
}
