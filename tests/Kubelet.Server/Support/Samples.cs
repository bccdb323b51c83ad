using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>Pods to ask about.</summary>
internal static class Samples
{
    public static readonly ContainerState Running = new() { Running = new ContainerStateRunning() };

    public static ContainerState Waiting(string reason) => new() { Waiting = new ContainerStateWaiting(reason) };

    public static ContainerState Terminated(string? id = "slurm://1") =>
        new() { Terminated = new ContainerStateTerminated { ExitCode = 0, ContainerID = id } };

    public static ContainerStatus Status(string name, ContainerState? state, ContainerState? last = null, int restarts = 0) => new()
    {
        Name = name,
        State = state,
        LastState = last,
        Ready = state?.Running is not null,
        RestartCount = restarts,
        Image = "image-of-" + name,
        ImageID = "",
    };

    /// <summary>Pod <c>ns/p</c> with the container <c>c</c>, whose status is given.</summary>
    public static Pod Pod(params ContainerStatus[] statuses) => new()
    {
        Metadata = new ObjectMeta { Namespace = "ns", Name = "p", Uid = "uid-1" },
        Spec = new PodSpec { Containers = [new Container { Name = "c", Image = "image-of-c" }] },
        Status = new PodStatus { ContainerStatuses = statuses },
    };
}
