using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Contract;

/// <summary>Makes workloads.</summary>
public static class TestPod
{
    /// <summary>A workload that runs once.</summary>
    public static Workload Of(params Container[] containers) => Of(new PodSpec { Containers = containers, RestartPolicy = "Never" });

    public static Workload Of(PodSpec spec) => new(new Pod
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = "pod", Uid = Guid.NewGuid().ToString() },
        Spec = spec,
    });

    /// <summary>A container that runs a shell script.</summary>
    public static Container Shell(string script, string name = "main") =>
        new() { Name = name, Image = "busybox", Command = ["/bin/sh", "-c", script] };
}
