using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary><c>spec.defaults</c>.</summary>
internal static class DefaultsSection
{
    public static Section<PodDefaults> Instance { get; } = new Section<PodDefaults>(new PodDefaults())
        .Key("cpu", PodResources.Cpu, d => d.Cpu, (d, v) => d with { Cpu = v },
            "Cores of a pod that asks for none. Default: Slurm's own.")
        .Key("memory", PodResources.Memory, d => d.Memory, (d, v) => d with { Memory = v },
            "Bytes of a pod that asks for no memory, at least 1Mi. Default: Slurm's own.")
        .Key("timeLimit", PodResources.TimeLimit, d => d.TimeLimit, (d, v) => d with { TimeLimit = v },
            "Time limit of a pod that asks for none, 1m to 8760h. Default: the partition's own.");
}
