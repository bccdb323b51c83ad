namespace VirtualKubelet.Configuration;

/// <summary>One virtual node as its owner declared it: one YAML document of kind <see cref="Kind"/>.</summary>
public sealed record NodeConfiguration
{
    /// <summary>The only <c>apiVersion</c> this build reads.</summary>
    public const string ApiVersion = "slurm.virtual-kubelet.io/v1alpha1";

    /// <summary>The only <c>kind</c> this build reads.</summary>
    public const string Kind = "VirtualNode";

    /// <summary>Who the node is.</summary>
    public required NodeMetadata Metadata { get; init; }

    /// <summary>How the node works.</summary>
    public required NodeSpec Spec { get; init; }
}
