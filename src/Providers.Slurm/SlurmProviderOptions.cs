using VirtualKubelet.Logs;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>What the site decided for one virtual node.</summary>
public sealed record SlurmProviderOptions
{
    /// <summary>The virtual node's name; part of the identity of its jobs.</summary>
    public required string NodeName { get; init; }

    /// <summary>
    /// The Kubernetes cluster the node belongs to: letters, digits, dots and hyphens, such as the UID of its namespace kube-system. Part of the
    /// identity of its jobs, so that nodes of one name in two clusters never touch each other's; absent without an API server.
    /// </summary>
    public string? ClusterId { get; init; }

    /// <summary>Absolute path of the pod directories; the compute nodes see it under the same path.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>Absolute path of <c>vk-slurm-shim</c> as the compute nodes see it.</summary>
    public required string ShimPath { get; init; }

    /// <summary>What runs the jobs.</summary>
    public BackendKind Backend { get; init; } = BackendKind.Slurm;

    /// <summary>The container runtime, by the shim's name for it.</summary>
    public string Runtime { get; init; } = "Host";

    /// <summary>Where Slurm's commands are; absent means PATH.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>Slurm's configuration file; absent means SLURM_CONF or Slurm's own default.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>How long one Slurm command may take.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two squeue calls.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many sbatch commands may run at once, 1 or more.</summary>
    public int MaxConcurrentSubmits { get; init; } = 4;

    /// <summary>
    /// How long a job may be missing from squeue, or the shim's last word from the file system, before it counts as lost.
    /// Covers slurmdbd's and NFS's delays.
    /// </summary>
    public TimeSpan LostJobGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the directory of a deleted pod is kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.Zero;

    /// <summary>What a job gets when its pod says nothing.</summary>
    public JobDefaults Defaults { get; init; } = new();

    /// <summary>What the node holds and one pod may ask for at most.</summary>
    public JobLimits Limits { get; init; } = new();

    /// <summary>Slurm's generic resource for each extended resource, such as <c>nvidia.com/gpu</c> to <c>gpu</c>.</summary>
    public IReadOnlyDictionary<string, string> GresByResource { get; init; } = new Dictionary<string, string>();

    /// <summary>Which annotations a pod may use.</summary>
    public AnnotationPolicy Annotations { get; init; } = new();

    /// <summary>How logs are read.</summary>
    public LogOptions Logs { get; init; } = new();

    /// <summary>How running pods are reached for exec, attach and port-forward.</summary>
    public ChannelOptions Channels { get; init; } = new();
}
