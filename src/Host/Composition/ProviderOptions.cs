using VirtualKubelet.Configuration;
using VirtualKubelet.Logs;
using VirtualKubelet.Providers.Slurm;

namespace VirtualKubelet.Host.Composition;

/// <summary>Translates the node YAML into the provider's options.</summary>
internal static class ProviderOptions
{
    private const string ShimName = "vk-slurm-shim";

    public static SlurmProviderOptions Of(NodeConfiguration node, string? clusterId = null)
    {
        var spec = node.Spec;
        return new SlurmProviderOptions
        {
            NodeName = node.Metadata.Name,
            ClusterId = clusterId,
            WorkDirectory = spec.WorkDirectory,
            ShimPath = spec.Runtime.ShimPath ?? Path.Combine(AppContext.BaseDirectory, ShimName),
            Backend = spec.Backend == NodeBackend.Local ? BackendKind.Local : BackendKind.Slurm,
            Runtime = spec.Runtime.Name.ToString(),
            BinDirectory = spec.Slurm.BinDirectory,
            ConfigFile = spec.Slurm.ConfigFile,
            CommandTimeout = spec.Slurm.CommandTimeout,
            PollInterval = spec.Slurm.PollInterval,
            MaxConcurrentSubmits = spec.Slurm.MaxConcurrentSubmits,
            LostJobGrace = spec.Slurm.LostJobGrace,
            Retention = spec.PodDirectoryRetention,
            Defaults = Defaults(spec),
            Limits = Limits(spec.Limits),
            GresByResource = spec.ExtendedResources,
            Annotations = new AnnotationPolicy
            {
                Allowed = spec.Slurm.AllowedAnnotations.ToDictionary(a => a.Name, a => a.Values, StringComparer.Ordinal),
                AllowedFlags = spec.Slurm.AllowedFlags,
            },
            Channels = new ChannelOptions
            {
                IdlePeriod = spec.Channel.IdlePeriod,
                StartTimeout = spec.Channel.StartTimeout,
                DialBack = spec.Channel.DialBack,
                DialBackAddress = spec.Channel.DialBackAddress,
            },
            Logs = new LogOptions
            {
                RingBufferBytes = (int)spec.Logs.RingBuffer.Ceiling,
                MinPollInterval = spec.Logs.MinPollInterval,
                MaxPollInterval = spec.Logs.MaxPollInterval,
            },
        };
    }

    private static JobDefaults Defaults(NodeSpec spec) => new()
    {
        Partition = spec.Slurm.Partition,
        Account = spec.Slurm.Account,
        Qos = spec.Slurm.Qos,
        Constraint = spec.Slurm.Constraint,
        Reservation = spec.Slurm.Reservation,
        Cpu = spec.Defaults.Cpu,
        Memory = spec.Defaults.Memory,
        TimeLimit = spec.Defaults.TimeLimit,
    };

    private static JobLimits Limits(NodeLimits limits) => new()
    {
        Pods = limits.Pods,
        Cpu = limits.PerPod.Cpu,
        Memory = limits.PerPod.Memory,
        TimeLimit = limits.PerPod.TimeLimit,
    };
}
