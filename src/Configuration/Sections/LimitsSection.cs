using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary><c>spec.limits</c>.</summary>
internal static class LimitsSection
{
    private static readonly Section<PerPodLimits> PerPod = new Section<PerPodLimits>(new PerPodLimits())
        .Key("cpu", PodResources.Cpu, l => l.Cpu, (l, v) => l with { Cpu = v },
            "Cores. Default: no bound but Slurm's.")
        .Key("memory", PodResources.Memory, l => l.Memory, (l, v) => l with { Memory = v },
            "Bytes, at least 1Mi. Default: no bound but Slurm's.")
        .Key("timeLimit", PodResources.TimeLimit, l => l.TimeLimit, (l, v) => l with { TimeLimit = v },
            "Time limit of the job, 1m to 8760h. Default: no bound but Slurm's.");

    public static Section<NodeLimits> Instance { get; } = new Section<NodeLimits>(new NodeLimits())
        .Key("pods", Scalars.Integer(1, 100_000), l => l.Pods, (l, v) => l with { Pods = v },
            "Pods on the node at once, waiting ones included.")
        .Key("perPod", PerPod, l => l.PerPod, (l, v) => l with { PerPod = v },
            "The most that one pod may ask; a pod that asks for more is refused.");
}
