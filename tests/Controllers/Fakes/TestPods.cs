using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Tests.Fakes;

/// <summary>Pods for tests.</summary>
internal static class TestPods
{
    public static Pod Pod(string name = "a", string uid = "u1", params Container[] containers) => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = name, Uid = uid },
        Spec = new PodSpec { Containers = containers.Length > 0 ? containers : [Container("main")], TerminationGracePeriodSeconds = 5 },
    };

    public static Container Container(string name) => new() { Name = name, Image = "busybox", Command = ["true"] };

    public static DeclaredPod Declared(string name = "a", string uid = "u1") => new(Pod(name, uid), []);

    public static WorkloadId Id(this DeclaredPod pod) => new(pod.Key.Namespace, pod.Key.Name, pod.Uid);

    public static ContainerStatus Running(string name) => Status(name, true, new ContainerState { Running = new ContainerStateRunning() });

    public static ContainerStatus Ended(string name, int exitCode) =>
        Status(name, false, new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = exitCode } });

    public static ContainerStatus Waiting(string name) =>
        Status(name, false, new ContainerState { Waiting = new ContainerStateWaiting("ContainerCreating") });

    private static ContainerStatus Status(string name, bool ready, ContainerState state) =>
        new() { Name = name, Ready = ready, Started = ready, State = state, RestartCount = 0, Image = "busybox", ImageID = "" };
}
