using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary><c>spec.runtime</c>.</summary>
internal static class RuntimeSection
{
    public static Section<RuntimeConfiguration> Instance { get; } = new Section<RuntimeConfiguration>(new RuntimeConfiguration())
        .Key("name", Scalars.Enumeration<RuntimeName>(), r => r.Name, (r, v) => r with { Name = v },
            "The way a container becomes a process: Host runs it as a plain process of the compute node, without its image.")
        .Key("shimPath", Scalars.Text(TextRules.AbsolutePath), r => r.ShimPath, (r, v) => r with { ShimPath = v },
            "Absolute path of vk-slurm-shim as the compute nodes see it. Default: beside the agent's own executable.");
}
