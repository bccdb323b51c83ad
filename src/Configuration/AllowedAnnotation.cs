namespace VirtualKubelet.Configuration;

/// <summary>One annotation under <c>slurm.virtual-kubelet.io/</c> that pods may carry.</summary>
public sealed record AllowedAnnotation
{
    /// <summary>Every name that can be allowed, without the prefix.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["account", "constraint", "dependency", "exclusive", "gres", "licenses", "nodes", "ntasks", "partition", "qos", "reservation", "time-limit"];

    /// <summary>One of <see cref="Names"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The values a pod may choose from, compared exactly; empty allows any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];
}
