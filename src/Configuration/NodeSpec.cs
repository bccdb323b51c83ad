using System.Collections.Immutable;

namespace VirtualKubelet.Configuration;

/// <summary>How the node works.</summary>
public sealed record NodeSpec
{
    /// <summary>Taints that the node carries; by default one that keeps pods away which do not tolerate this provider.</summary>
    public IReadOnlyList<NodeTaint> Taints { get; init; } =
        [new NodeTaint { Key = "virtual-kubelet.io/provider", Value = "slurm", Effect = TaintEffect.NoSchedule }];

    /// <summary>
    /// Absolute path of the kubeconfig with which the agent joins a cluster; absent means the service account of the pod that the agent runs in.
    /// Not used standalone.
    /// </summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The kubelet API that the agent serves for this node.</summary>
    public KubeletConfiguration Kubelet { get; init; } = new();

    /// <summary>Absolute path of the parent of all pod directories; the compute nodes must see it under the same path.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>Absolute path of the agent's own state (generated certificate and token); by default <c>.vk-slurm</c> inside <see cref="WorkDirectory"/>.</summary>
    public string StateDirectory { get => field ?? WorkDirectory + "/.vk-slurm"; init; }

    /// <summary>How long the directory of a deleted pod, its logs among it, is kept.</summary>
    public TimeSpan PodDirectoryRetention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Where the pods run.</summary>
    public NodeBackend Backend { get; init; } = NodeBackend.Slurm;

    /// <summary>How jobs are submitted and watched.</summary>
    public SlurmConfiguration Slurm { get; init; } = new();

    /// <summary>What is asked of Slurm for a pod that says nothing itself.</summary>
    public PodDefaults Defaults { get; init; } = new();

    /// <summary>What the node holds and what one pod may ask.</summary>
    public NodeLimits Limits { get; init; } = new();

    /// <summary>Extended resources by name, such as <c>nvidia.com/gpu</c>, and the Slurm gres that stands for one of each, such as <c>gpu</c> or <c>gpu:a100</c>.</summary>
    public IReadOnlyDictionary<string, string> ExtendedResources { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>How containers are started inside a job.</summary>
    public RuntimeConfiguration Runtime { get; init; } = new();

    /// <summary>How running pods are reached for exec, attach and port-forward.</summary>
    public ChannelConfiguration Channel { get; init; } = new();

    /// <summary>How logs are followed.</summary>
    public LogsConfiguration Logs { get; init; } = new();
}
