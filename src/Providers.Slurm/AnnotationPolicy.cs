namespace VirtualKubelet.Providers.Slurm;

/// <summary>Which annotations under <c>slurm.virtual-kubelet.io/</c> a pod may use; what is not allowed here is refused.</summary>
public sealed record AnnotationPolicy
{
    /// <summary>Allowed annotations without their prefix, each with the values allowed; an empty list allows any well-formed value.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Allowed { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Long sbatch options that the <c>flags</c> annotation may pass, such as <c>--nice</c>.</summary>
    public IReadOnlyList<string> AllowedFlags { get; init; } = [];
}
